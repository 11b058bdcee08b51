from . import school as school
