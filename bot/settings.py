"""Settings from the environment or a `.env` file, read once and frozen."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadSetting

TEMPLATES = Path(__file__).parent.parent / "templates"


class Settings(BaseSettings):
    """What an operator sets. Secrets are never printed."""

    model_config = SettingsConfigDict(env_file=".env", frozen=True, extra="ignore", populate_by_name=True)

    database_url: str = Field("sqlite:///soundings.db", validation_alias="DATABASE_URL")
    slack_bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", validation_alias="SLACK_API_URL")
    network: Path | None = Field(None, validation_alias="SOUNDINGS_NETWORK")
    policy: Path | None = Field(None, validation_alias="SOUNDINGS_POLICY")
    keys: SecretStr = Field(SecretStr(""), validation_alias="SOUNDINGS_KEYS")
    templates: Path = Field(TEMPLATES, validation_alias="SOUNDINGS_TEMPLATES")
    host: str = Field("127.0.0.1", validation_alias="SOUNDINGS_HOST")
    port: int = Field(8080, ge=0, le=65535, validation_alias="SOUNDINGS_PORT")
    tick_seconds: float = Field(15.0, gt=0, le=300, validation_alias="SOUNDINGS_TICK_SECONDS")


def read_settings() -> Settings:
    """The settings of this process. Raises `BadSetting` naming the first variable at fault."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadSetting(variable=str(first["loc"][0]), problem=first["msg"]) from None
