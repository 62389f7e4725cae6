#!/usr/bin/env python3
"""
torchvision's Mask R-CNN as a Lexmask pack of three graphs: backbone with proposals, box head, mask head.

    python export_mask_rcnn.py --out ~/lexmask-packs/maskrcnn-r50
    python export_mask_rcnn.py --model maskrcnn_resnet50_fpn_v2 --out ~/lexmask-packs/maskrcnn-r50-v2
    python export_mask_rcnn.py --weights mine.pth --classes mine.txt --out ~/lexmask-packs/mine

Without --weights torchvision downloads its own (trained on COCO). A file of weights is a state_dict as
`torch.save(model.state_dict(), FILE)` writes it; --classes then names its classes, one a line, in the
network's order and without the background.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torchvision.models import detection

from mask_rcnn import export_mask_rcnn
from pack import ExportError, PackWriter, run

MODELS = {
    "maskrcnn_resnet50_fpn": "MaskRCNN_ResNet50_FPN_Weights",
    "maskrcnn_resnet50_fpn_v2": "MaskRCNN_ResNet50_FPN_V2_Weights",
}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", required=True, help="the pack's folder; it must not be there yet")
    parser.add_argument("--model", choices=sorted(MODELS), default="maskrcnn_resnet50_fpn")
    parser.add_argument("--weights", help="a file with a state_dict, in place of torchvision's own")
    parser.add_argument("--classes", help="a file with the names of the classes, one a line")
    parser.add_argument(
        "--licence",
        default="see the terms of the weights",
        help="of the weights, as it is to be shown",
    )
    return parser.parse_args()


def load(arguments: argparse.Namespace):
    """-> (network, names of its classes by index from 1)"""
    make = getattr(detection, arguments.model)
    own = getattr(detection, MODELS[arguments.model]).DEFAULT
    if (arguments.weights is None) != (arguments.classes is None):
        raise ExportError("--weights and --classes belong together: give both, or neither.")
    if arguments.weights is None:
        return make(weights=own), own.meta["categories"][1:]
    names = Path(arguments.classes).read_text(encoding="utf-8").splitlines()
    names = [name.strip() for name in names if name.strip()]
    model = make(weights=None, weights_backbone=None, num_classes=len(names) + 1)
    state = torch.load(arguments.weights, map_location="cpu")
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ExportError(
            f"{arguments.weights} does not fit {arguments.model} with {len(names)} classes: {error}"
        ) from error
    return model, names


def main() -> None:
    arguments = parse_arguments()
    writer = PackWriter(arguments.out)
    try:
        model, names = load(arguments)
        title = f"torchvision {arguments.model}"
        export_mask_rcnn(model, names, writer, title, arguments.licence)
    except BaseException:
        writer.abandon()
        raise


if __name__ == "__main__":
    run(main)
