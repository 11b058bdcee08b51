"""The whole schema: importing this package maps every table."""

from . import attachments as attachments
from . import cases as cases
from . import incidents as incidents
from . import keeping as keeping
from . import meetings as meetings
from . import norms as norms
from . import profiles as profiles
from . import scenarios as scenarios
from . import school as school
from . import system as system
