from . import school as school
from . import norms as norms
from . import profiles as profiles
