"""One table of the settings file."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Values that cannot be changed; a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
