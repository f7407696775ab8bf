"""The scene: places and their transforms, how signals move them, and the commands that change them."""

from ._commands import MoveParams, RemoveParams, RenameParams, scene_commands
from ._places import (
    Behaviour,
    Carry,
    Category,
    Flow,
    FollowPose,
    Label,
    Light,
    Place,
    PlayClip,
    Quaternion,
    ShowState,
    Slide,
    Turn,
    Vector,
    from_plant_frame,
    place_record,
    read_place,
)
from ._placing import free_spots

__all__ = [
    "Behaviour",
    "Carry",
    "Category",
    "Flow",
    "FollowPose",
    "Label",
    "Light",
    "MoveParams",
    "Place",
    "PlayClip",
    "Quaternion",
    "RemoveParams",
    "RenameParams",
    "ShowState",
    "Slide",
    "Turn",
    "Vector",
    "free_spots",
    "from_plant_frame",
    "place_record",
    "read_place",
    "scene_commands",
]
