from .figure import Figure, Step
from .reading import Reading
