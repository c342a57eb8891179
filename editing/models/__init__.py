from editing.models.media import File, FocalPoint, Photo
from editing.models.staff import User

__all__ = ["File", "FocalPoint", "Photo", "User"]
