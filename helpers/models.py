"""Load language models: the embedded ones, checked by sha256, or any causal model by name or folder."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

__all__ = ["DRAFT", "EMBEDDED", "ModelError", "chosen", "find", "folder", "load", "verify"]

EMBEDDED = "story"
DRAFT = "story_draft"
_ASSETS = Path(__file__).resolve().parents[1] / "assets"
_REBUILD = "make models (or its recipe, which assets/README.md names)"
_USE_EMBEDDED = f"without GLASSBOX_MODEL the embedded {EMBEDDED!r} is used"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
_CAUSAL = ("CausalLM", "LMHeadModel")
_TIMEOUT = 5.0  # seconds to wait for the hub


class ModelError(ValueError):
    """A model that cannot be loaded; the message says in one sentence why and what to do."""


def chosen(name: str | None = None, draft: bool = False) -> str:
    """Return which model `load` takes: the argument, else `GLASSBOX_MODEL`, else the embedded one.

    The draft is always the embedded one: it shares its tokenizer with the embedded model and no other.
    """
    if draft:
        return DRAFT
    return name or os.environ.get("GLASSBOX_MODEL", "").strip() or EMBEDDED


def folder(name: str = EMBEDDED) -> Path:
    """Return the folder of an embedded model ("story" or "story_draft")."""
    if name not in (EMBEDDED, DRAFT):
        raise ModelError(f"the embedded models are {EMBEDDED!r} and {DRAFT!r}, not {name!r}")
    return _ASSETS / "models" / name


def load(
    name: str | None = None,
    draft: bool = False,
    device: str | torch.device = "cpu",
    dtype: torch.dtype = torch.float32,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a causal language model and its tokenizer, ready for inference.

    Args:
        name: an embedded model ("story", "story_draft"), a folder, or an id on the Hugging Face hub; None
            means `GLASSBOX_MODEL` if that is set, else "story".
        draft: load the embedded draft model, whatever the other model is.
        device: where the weights go.
        dtype: of the weights.

    Returns:
        The model in evaluation mode, and its tokenizer.

    Raises:
        ModelError: if a file is missing or damaged, the hub is silent, or it is no causal language model.
    """
    name = chosen(name, draft)
    source, local = find(name, (EMBEDDED, DRAFT), _USE_EMBEDDED)
    return _load(name, source, local, device, dtype)


def find(name: str, embedded: Sequence[str], instead: str) -> tuple[str, bool]:
    """Look for the files of a model: embedded (then checked), in a folder, downloaded before, on the hub.

    Args:
        name: of the model.
        embedded: names that mean an embedded model.
        instead: ends the error message; says how to do without the hub.

    Returns:
        What `from_pretrained` takes, and whether that needs no network.

    Raises:
        ModelError: if a file is missing or damaged, or the hub is silent.
    """
    path = Path(name).expanduser()
    if name in embedded:
        verify(name)
        return str(_ASSETS / "models" / name), True
    if path.is_dir():
        _check_folder(path)
        return str(path), True
    local = _in_cache(name, instead)
    if not local:
        _ask_hub(name, instead)
    return name, local


def verify(name: str = EMBEDDED) -> None:
    """Check every file of an embedded model against its sha256.

    Raises:
        ModelError: if one is missing or damaged; the message names it and the command that rebuilds it.
    """
    manifest = _ASSETS / "manifest.json"
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelError(
            f"{manifest} is missing or damaged: restore it with git, or rebuild with {_REBUILD}"
        ) from None
    files = {path: entry for path, entry in entries.items() if path.startswith(f"models/{name}/")}
    if not files:
        raise ModelError(f"{manifest} lists no files for the model {name!r}: rebuild it with {_REBUILD}")
    for path, entry in files.items():
        _verify_file(_ASSETS / path, entry["sha256"])


def _verify_file(path: Path, wanted: str) -> None:
    if not path.is_file():
        raise ModelError(f"{path} is missing: restore it with git, or rebuild it with {_REBUILD}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise ModelError(
            f"{path} is damaged (sha256 {found[:12]}… instead of {wanted[:12]}…): "
            f"restore it with git, or rebuild it with {_REBUILD}"
        )


def _check_folder(path: Path) -> None:
    if not (path / "config.json").is_file():
        raise ModelError(f"the folder {path} holds no model: it has no config.json")
    if not any((path / file).is_file() for file in _TOKENIZER_FILES):
        raise ModelError(f"the folder {path} has no tokenizer (none of {', '.join(_TOKENIZER_FILES)})")
    if not any(path.glob("*.safetensors")):
        raise ModelError(
            f"the folder {path} has no weights in safetensors format, the only one that is loaded"
        )


def _in_cache(name: str, instead: str) -> bool:
    """Return whether the hub model was downloaded before."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.utils import HFValidationError

    try:
        return isinstance(try_to_load_from_cache(name, "config.json"), str)
    except HFValidationError:
        raise ModelError(f"{name!r} is neither a folder nor a model id; {instead}") from None


def _ask_hub(name: str, instead: str) -> None:
    """Ask the hub once, without retries, so that silence is noticed quickly."""
    from huggingface_hub import constants

    try:
        if constants.HF_HUB_OFFLINE:
            raise OSError("HF_HUB_OFFLINE is set")
        with urllib.request.urlopen(f"{constants.ENDPOINT}/api/models/{name}", timeout=_TIMEOUT):
            pass
    except urllib.error.HTTPError:
        return  # the hub answers; whether the model is there, or private, is found out when it is loaded
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise ModelError(
            f"the model {name!r} was never downloaded and the hub cannot be reached ({reason}); {instead}"
        ) from None


def _check_causal(name: str, config: PreTrainedConfig) -> None:
    architectures = getattr(config, "architectures", None) or []
    causal = any(architecture.endswith(_CAUSAL) for architecture in architectures)
    if not causal or getattr(config, "is_encoder_decoder", False):
        shown = ", ".join(architectures) or config.model_type
        raise ModelError(
            f"{name!r} is no causal language model but {shown}; the lessons need one such as {EMBEDDED!r}"
        )


def _load(
    name: str, source: str, local: bool, device: str | torch.device, dtype: torch.dtype
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    bars = transformers_logging.is_progress_bar_enabled()
    if local:
        transformers_logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(source, local_files_only=local)
        _check_causal(name, config)
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        model = AutoModelForCausalLM.from_pretrained(
            source, dtype=dtype, use_safetensors=True, local_files_only=local
        )
    except ModelError:
        raise
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"the model {name!r} cannot be loaded: {reason}; {_USE_EMBEDDED}") from error
    finally:
        if bars:
            transformers_logging.enable_progress_bar()
    return model.to(device).eval(), tokenizer
