from . import school as school
from . import norms as norms
from . import profiles as profiles
from . import scenarios as scenarios
from . import meetings as meetings
from . import incidents as incidents
from . import cases as cases
