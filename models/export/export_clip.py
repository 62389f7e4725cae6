#!/usr/bin/env python3
"""
CLIP as a Lexmask pack: image and text towers, and the image encoder in two stages.

    python export_clip.py --from open_clip --model ViT-B-16 --weights openai --out ~/lexmask-packs/clip-b16
    python export_clip.py --from open_clip --model RN50 --weights openai --out ~/lexmask-packs/clip-rn50
    python export_clip.py --from transformers --model openai/clip-vit-base-patch32 --out ~/lexmask-packs/b32

The whole tower serves the recipes crop, vild and ovseg; the two stages of a Vision Transformer serve
fvlm-patch, those of a ResNet regionclip. --weights of open_clip is a tag of its list or a file.
"""

from __future__ import annotations

import argparse

from clip_modules import form_of
from clip_pack import export_clip, tokenizer_of_simple, tokenizer_of_transformers
from pack import ExportError, PackWriter, run


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="source", choices=["open_clip", "transformers"], required=True)
    parser.add_argument("--model", required=True, help="its name there, or a folder (transformers)")
    parser.add_argument("--weights", help="open_clip: a tag of its list, or a file")
    parser.add_argument("--out", required=True, help="the pack's folder; it must not be there yet")
    parser.add_argument(
        "--forms",
        nargs="+",
        choices=["whole", "stages"],
        default=["whole", "stages"],
        help="which image encoders the pack is to have",
    )
    parser.add_argument(
        "--cells", type=int, default=7, help="patches a side of a region (fvlm-patch)"
    )
    parser.add_argument(
        "--licence",
        default="see the terms of the weights",
        help="of the weights, as it is to be shown",
    )
    return parser.parse_args()


def load_open_clip(arguments, folder):
    import open_clip

    if arguments.weights is None:
        raise ExportError("--weights is missing: `open_clip.list_pretrained()` has the tags.")
    model = open_clip.create_model(arguments.model, pretrained=arguments.weights)
    tokenizer = open_clip.get_tokenizer(arguments.model)
    visual = model.visual
    image = getattr(visual, "preprocess_cfg", {})
    size = visual.image_size
    described = {
        "size": size[0] if isinstance(size, (tuple, list)) else size,
        "context": getattr(tokenizer, "context_length", None) or model.context_length,
        "preprocess": {
            "mean": list(image.get("mean", visual.image_mean)),
            "std": list(image.get("std", visual.image_std)),
            "resample": image.get("interpolation", "bicubic"),
        },
    }
    if hasattr(tokenizer, "bpe_ranks"):
        return model, {**described, "tokenizer": tokenizer_of_simple(tokenizer), "pad_id": 0}
    inner = tokenizer.tokenizer
    made = tokenizer_of_transformers(inner, folder)
    return model, {**described, "tokenizer": made, "pad_id": inner.pad_token_id}


def load_transformers(arguments, folder):
    from transformers import AutoImageProcessor, AutoTokenizer, CLIPModel

    model = CLIPModel.from_pretrained(arguments.model, attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    processor = AutoImageProcessor.from_pretrained(arguments.model)
    return model, {
        "size": model.config.vision_config.image_size,
        "context": model.config.text_config.max_position_embeddings,
        "preprocess": {
            "mean": list(processor.image_mean),
            "std": list(processor.image_std),
            "resample": "bilinear" if int(processor.resample) == 2 else "bicubic",
        },
        "tokenizer": tokenizer_of_transformers(tokenizer, folder),
        "pad_id": tokenizer.pad_token_id,
    }


def main() -> None:
    arguments = parse_arguments()
    writer = PackWriter(arguments.out)
    try:
        load = load_open_clip if arguments.source == "open_clip" else load_transformers
        model, described = load(arguments, writer.part)
        if "stages" in arguments.forms and form_of(model) == "other":
            raise ExportError("its image encoder has no two stages here: use --forms whole.")
        title = f"{arguments.model} {arguments.weights or ''}".strip()
        export_clip(
            model,
            writer,
            **described,
            forms=arguments.forms,
            title=f"CLIP {title}",
            licence=arguments.licence,
            cells=arguments.cells,
        )
    except BaseException:
        writer.abandon()
        raise


if __name__ == "__main__":
    run(main)
