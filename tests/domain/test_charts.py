import datetime as dt

from wbos_desktop.domain import charts

HELP = charts.RibbonNorm("J", "Wij helpen elkaar", "prosocial")
SCORE = charts.RibbonNorm("D", "Scoren ten koste van de ander", "burdening")
TODAY = dt.date(2026, 11, 24)


def profile(day, response="", **strengths):
    return charts.RibbonProfile(day, strengths, response)


def ribbon(profiles, norms=(SCORE, HELP), **more):
    return charts.norm_ribbon(norms, profiles, today=TODAY, **more)


AUGUST = profile(dt.date(2026, 8, 24), "confirm", J=3)
OCTOBER = profile(dt.date(2026, 10, 8), "ignore", J=1, D=2)
NOVEMBER = profile(dt.date(2026, 11, 2), "ignore", D=3)


def test_prosocial_rows_come_first_and_bars_touch():
    found = ribbon([NOVEMBER, AUGUST, OCTOBER])
    assert [row.norm.code for row in found.rows] == ["J", "D"]
    assert found.above == 1
    first, second = found.rows[0].bars
    assert (first.start, first.strength, first.end) == (0.0, 3, second.start)
    assert found.rows[1].bars[-1].end == found.today


def test_the_word_dominant_stands_once_per_stretch():
    found = ribbon([profile(dt.date(2026, 9, 1), D=3), profile(dt.date(2026, 10, 1), D=3)])
    assert [bar.word for bar in found.rows[0].bars] == [True, False]


def test_equal_responses_join_into_one_span():
    found = ribbon([AUGUST, OCTOBER, NOVEMBER])
    assert [span.kind for span in found.responses] == ["confirm", "ignore"]
    assert found.responses[1].end == found.today


def test_flag_stands_on_the_row_dominant_that_day():
    days = [dt.date(2026, 9, 1), dt.date(2026, 10, 20), dt.date(2026, 11, 9), dt.date(2025, 1, 1)]
    found = ribbon(
        [AUGUST, OCTOBER, NOVEMBER], incidents=[charts.RibbonIncident(day) for day in days]
    )
    assert [flag.row for flag in found.flags] == [0, None, 1]


def test_six_rows_at_most_and_the_strongest_stay():
    norms = [charts.RibbonNorm(code, code, "burdening") for code in "ABCDEFGH"]
    strengths = dict.fromkeys("ABCDEFGH", 1) | {"H": 3}
    found = ribbon([charts.RibbonProfile(dt.date(2026, 9, 1), strengths)], norms)
    assert (len(found.rows), found.more) == (6, 2)
    assert found.rows[-1].norm.code == "H"


def test_holiday_is_clamped_to_the_axis():
    autumn = charts.RibbonHoliday(dt.date(2026, 8, 1), dt.date(2026, 8, 30))
    span = ribbon([AUGUST], holidays=[autumn]).holidays[0]
    assert span.start == 0.0
    assert 0 < span.end < 0.2


def test_planned_observation_widens_the_axis():
    found = ribbon([AUGUST], planned=[dt.date(2026, 12, 10), dt.date(2026, 9, 1)])
    planned = [mark for mark in found.marks if mark.planned]
    assert [mark.day for mark in planned] == [dt.date(2026, 12, 10)]
    assert planned[0].x < 1


def test_labels_that_would_touch_are_dropped():
    near = [profile(dt.date(2026, 8, day), J=1) for day in (24, 26, 28)]
    assert [mark.label for mark in ribbon(near).marks] == [True, False, False]


def test_nothing_observed_is_empty_but_drawable():
    found = ribbon([])
    assert found.empty
    assert found.today == 0.0


def test_an_observation_of_today_can_be_seen():
    bar = ribbon([AUGUST, profile(TODAY, J=2)]).rows[0].bars[-1]
    assert bar.end > bar.start
