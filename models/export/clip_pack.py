"""A CLIP network as a Lexmask pack: whole towers, two stages, or both."""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch

from clip_modules import ImageTower, TextTower, form_of, resnet_stages, vit_stages
from pack import ExportError, PackWriter


def export_clip(model, writer: PackWriter, *, size, tokenizer, pad_id, context, preprocess, forms,
                title, licence, cells=7):
    """
    Write a CLIP network as a pack.

    size: side of the images that it takes, in pixels
    tokenizer: parsed tokenizer.json
    context: tokens of a text with its start and end; pad_id fills short ones
    preprocess: {"mean", "std", "resample"}
    forms: of "whole", "stages"
    cells: patches a side that a Vision Transformer's encoder gets of a region
    """
    model = model.float().eval()
    description = {
        "kind": "clip",
        "name": writer.name,
        "title": title,
        "licence": licence,
        "precision": "fp32",
    }
    if "whole" in forms:
        description["image"] = _export_whole(model, writer, size)
    if "stages" in forms:
        if form_of(model) == "resnet":
            description["resnet"] = _export_resnet(model, writer, size)
        else:
            description["vit"] = _export_vit(model, writer, size, cells)
    ids = _token_ids(tokenizer, context, pad_id)
    writer.graph(
        "text_model.onnx",
        TextTower(model),
        [(ids,), (ids[:1],)],
        ["input_ids"],
        ["text_embeds"],
        {"input_ids": {0: "n"}, "text_embeds": {0: "n"}},
    )
    (writer.part / "tokenizer.json").write_text(
        json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8"
    )
    description["text"] = {"file": "text_model.onnx", "input": "input_ids", "output": "text_embeds"}
    description["tokenizer"] = {
        "file": "tokenizer.json",
        "contextLength": context,
        "padId": pad_id,
    }
    description["preprocess"] = {"size": size, "resize": "square", "channels": "RGB", **preprocess}
    description["logitScale"] = logit_scale(model)
    return writer.finish(description)


def logit_scale(model) -> float:
    """What cosines are multiplied by; networks keep its logarithm."""
    scale = getattr(model, "logit_scale", None)
    return 100.0 if scale is None else round(math.exp(float(scale.detach())), 4)


def _export_whole(model, writer, size):
    images = torch.rand(3, 3, size, size) * 4 - 2
    writer.graph(
        "vision_model.onnx",
        ImageTower(model),
        [(images,), (images[:1],)],
        ["pixel_values"],
        ["image_embeds"],
        {"pixel_values": {0: "n"}, "image_embeds": {0: "n"}},
    )
    return {"file": "vision_model.onnx", "input": "pixel_values", "output": "image_embeds"}


def _export_vit(model, writer, size, cells):
    first, second = vit_stages(model)
    image = torch.rand(1, 3, size, size) * 4 - 2
    writer.graph(
        "patch_embed.onnx", first, [(image,)], ["pixel_values"], ["patches", "class_token"]
    )
    with torch.no_grad():
        patches, class_token = first(image)
        tokens = torch.cat([class_token[None], patches], 1)
        _assert_same(second(tokens), ImageTower(model)(image))
    regions = torch.randn(3, 1 + cells**2, tokens.shape[2]) * tokens.std()
    writer.graph(
        "encoder.onnx",
        second,
        [(regions,), (regions[:1],)],
        ["tokens"],
        ["image_embeds"],
        # Their number is fixed: attention is traced with it.
        {"tokens": {0: "n"}, "image_embeds": {0: "n"}},
    )
    return {
        "patchEmbed": {
            "file": "patch_embed.onnx",
            "input": "pixel_values",
            "patches": "patches",
            "classToken": "class_token",
        },
        "encoder": {"file": "encoder.onnx", "input": "tokens", "output": "image_embeds"},
        "cells": cells,
    }


def _export_resnet(model, writer, size):
    trunk, head, cells = resnet_stages(model)
    image = torch.rand(1, 3, size, size) * 4 - 2
    wide = torch.rand(1, 3, 256, 320) * 4 - 2
    writer.graph(
        "trunk.onnx",
        trunk,
        [(wide,), (image,)],
        ["pixel_values"],
        ["features"],
        {
            "pixel_values": {2: "height", 3: "width"},
            "features": {2: "rows", 3: "columns"},
        },
    )
    with torch.no_grad():
        features = trunk(image)
        _assert_same(head(features), ImageTower(model)(image))
    regions = torch.cat([features, features.flip(2), features.flip(3)])
    writer.graph(
        "head.onnx",
        head,
        [(regions,), (regions[:1],)],
        ["regions"],
        ["image_embeds"],
        {"regions": {0: "n"}, "image_embeds": {0: "n"}},
    )
    return {
        "trunk": {"file": "trunk.onnx", "input": "pixel_values", "output": "features"},
        "head": {"file": "head.onnx", "input": "regions", "output": "image_embeds"},
        "cells": cells,
        "shortSide": 2 * size,
    }


def _assert_same(stages, whole) -> None:
    """Both stages after another are the whole encoder, or it was cut at the wrong place."""
    difference = float((stages - whole).abs().max() / whole.abs().max().clamp(min=1e-6))
    if difference > 1e-4:
        raise ExportError(
            f"its two stages together differ from its image encoder by {difference:.1e}: it is built "
            "otherwise than clip, open_clip or transformers build it. Use --forms whole."
        )


def _token_ids(tokenizer: dict, context: int, pad_id: int) -> torch.Tensor:
    """Texts of several lengths as a tower sees them: start, text, end, padding."""
    sides = tokenizer["post_processor"]
    start, end = sides["cls"][1], sides["sep"][1]
    rows = []
    for length in (2, 5, context):
        text = torch.randint(300, min(start, end), (length - 2,)).tolist()
        rows.append([start, *text, end, *([pad_id] * (context - length))])
    return torch.tensor(rows, dtype=torch.int64)


#: CLIP's way to cut a text into words, before they are cut into pairs of bytes.
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def clip_tokenizer(encoder: dict, merges: list) -> dict:
    """
    tokenizer.json of CLIP's byte pair encoding.

    encoder: piece -> id; merges: pairs of pieces in their order
    """
    start, end = "<|startoftext|>", "<|endoftext|>"
    start_id, end_id = (encoder[token] for token in _special(encoder))
    # Whatever they are called in the vocabulary, they are these in the file.
    vocabulary = {piece: index for piece, index in encoder.items() if index not in (start_id, end_id)}
    vocabulary.update({start: start_id, end: end_id})
    special = {"single_word": False, "lstrip": False, "rstrip": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": start_id, "content": start, "normalized": True, **special},
            {"id": end_id, "content": end, "normalized": False, **special},
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                {"type": "Lowercase"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {
                    "type": "Split",
                    "pattern": {"Regex": WORDS},
                    "behavior": "Removed",
                    "invert": True,
                },
                {
                    "type": "ByteLevel",
                    "add_prefix_space": False,
                    "trim_offsets": True,
                    "use_regex": True,
                },
            ],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [end, end_id],
            "cls": [start, start_id],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {
            "type": "ByteLevel",
            "add_prefix_space": True,
            "trim_offsets": True,
            "use_regex": True,
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": end,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": dict(sorted(vocabulary.items(), key=lambda item: item[1])),
            "merges": [" ".join(pair) for pair in merges],
        },
    }


def _special(encoder: dict) -> tuple[str, str]:
    for pair in (("<start_of_text>", "<end_of_text>"), ("<|startoftext|>", "<|endoftext|>")):
        if all(token in encoder for token in pair):
            return pair
    raise ExportError("the tokenizer has no start and end tokens of CLIP.")


def tokenizer_of_simple(simple) -> dict:
    """tokenizer.json of the SimpleTokenizer of clip and open_clip, by its `encoder` and `bpe_ranks`."""
    merges = sorted(simple.bpe_ranks, key=simple.bpe_ranks.get)
    return clip_tokenizer(dict(simple.encoder), merges)


def tokenizer_of_transformers(tokenizer, folder: Path) -> dict:
    """tokenizer.json of a fast tokenizer of transformers."""
    if not getattr(tokenizer, "is_fast", False):
        raise ExportError("its tokenizer has no fast form, and so no tokenizer.json.")
    file = folder / "tokenizer.json"
    tokenizer.backend_tokenizer.save(str(file))
    parsed = json.loads(file.read_text(encoding="utf-8"))
    parsed["truncation"] = parsed["padding"] = None
    return parsed
