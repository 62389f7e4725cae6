"""
torchvision's own answers to small questions, for tests that have no PyTorch.

    python known_answers.py > tests/fixtures/torchvision.json
"""

from __future__ import annotations

import json
from collections import OrderedDict

import torch
import torchvision
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import roi_align


def rounded(tensor, digits=5):
    return [round(value, digits) for value in tensor.flatten().tolist()]


def roi_align_answers():
    plane = (torch.rand(2, 4, 6) * 2 - 1).mul(1000).round().div(1000)
    boxes = [[0.5, 0.25, 4.75, 3.5], [-1.5, -2.0, 2.0, 1.5], [3.0, 1.0, 9.0, 6.0], [2.1, 2.2, 2.3, 2.4]]
    answers = []
    for ratio in (-1, 2):
        regions = roi_align(plane[None], [torch.tensor(boxes)], 3, 1.0, ratio, aligned=True)
        answers.append({"samplingRatio": max(ratio, 0), "regions": rounded(regions)})
    size = {"channels": 2, "height": 4, "width": 6}
    return {**size, "data": rounded(plane), "boxes": boxes, "cells": 3, "answers": answers}


class Told(torch.nn.Module):
    """Says what it was given, in place of a head."""

    def __init__(self, objectness, deltas):
        super().__init__()
        self.answer = objectness, deltas

    def forward(self, _features):
        return self.answer


def rpn_answers():
    # The last level has a cell more than its stride fills: 96 // 2 and 160 // 3 are no powers of 2.
    shapes, levels = 2, [(6, 10), (3, 5), (2, 3)]
    generator = AnchorGenerator(((16,), (32,), (64,)), ((0.5, 1.5),) * 3)
    counts = [shapes * height * width for height, width in levels]
    # All different: the order of equal scores is nobody's.
    ranks = (torch.randperm(sum(counts)) - sum(counts) / 2).mul(0.05).split(counts)
    objectness = [rank.reshape(1, shapes, *size) for rank, size in zip(ranks, levels)]
    deltas = [(torch.randn(1, 4 * shapes, *size) * 0.4).mul(100).round().div(100) for size in levels]
    top = {"training": 40, "testing": 40}
    kept = {"training": 25, "testing": 25}
    rpn = RegionProposalNetwork(
        generator, Told(objectness, deltas), 0.7, 0.3, 256, 0.5, top, kept, 0.6
    ).eval()
    # 90 × 150 and padded: boxes are clipped to the image, anchors stand on the padded input.
    images = ImageList(torch.zeros(1, 3, 96, 160), [(90, 150)])
    features = OrderedDict((str(i), torch.zeros(1, 1, *size)) for i, size in enumerate(levels))
    with torch.no_grad():
        [boxes], _ = rpn(images, features)
    return {
        "input": {"width": 160, "height": 96},
        "image": {"width": 150, "height": 90},
        "preNmsTop": 40,
        "nmsIou": 0.6,
        "atMost": 25,
        "levels": [
            {
                "width": size[1],
                "height": size[0],
                "anchors": generator.generate_anchors(sizes, ratios).tolist(),
                "logits": rounded(one),
                "deltas": rounded(other),
            }
            for size, sizes, ratios, one, other in zip(
                levels, generator.sizes, generator.aspect_ratios, objectness, deltas
            )
        ],
        "boxes": rounded(boxes, 3),
    }


def main() -> None:
    torch.manual_seed(20240229)
    answers = {
        "torchvision": torchvision.__version__.split("+")[0],
        "roiAlign": roi_align_answers(),
        "regionProposals": rpn_answers(),
    }
    print(json.dumps(answers, separators=(",", ":")))


if __name__ == "__main__":
    main()
