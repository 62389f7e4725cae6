"""torchvision's Mask R-CNN as the modules of Lexmask's three graphs, and their description."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from pack import ExportError, PackWriter

# The last operator set in which RoiAlign is what torchvision's heads pool with (aligned=False) when
# nothing is said: torchvision before 0.15 says nothing, and means another RoIAlign in set 16.
ROI_OPSET = 15


class BackboneRpn(nn.Module):
    """
    Image [1, 3, h, w], normalised -> features of each level that the heads take, then objectness
    [1, a, h / stride, w / stride] of each level of anchors, then deltas [1, 4 a, ...] of each.
    """

    def __init__(self, model):
        super().__init__()
        self.backbone = model.backbone
        self.head = model.rpn.head
        self.names = list(model.roi_heads.box_roi_pool.featmap_names)

    def forward(self, image):
        features = self.backbone(image)
        if isinstance(features, torch.Tensor):
            features = OrderedDict([("0", features)])
        objectness, deltas = self.head(list(features.values()))
        kept = [features[name] for name in self.names]
        return (*kept, *(torch.sigmoid(level) for level in objectness), *deltas)


class BoxHead(nn.Module):
    """RoIs [n, 4], features -> probabilities [n, c], deltas [n, 4 c] of the columns that are kept."""

    def __init__(self, model, columns):
        super().__init__()
        heads = model.roi_heads
        self.pool, self.head, self.predictor = heads.box_roi_pool, heads.box_head, heads.box_predictor
        self.names = list(self.pool.featmap_names)
        self.told, self.kept = self.predictor.cls_score.out_features, len(columns)
        self.register_buffer("columns", torch.tensor(columns))

    def forward(self, rois, *features):
        regions = self.pool(OrderedDict(zip(self.names, features)), [rois], [(0, 0)])
        logits, deltas = self.predictor(self.head(regions))
        # All classes take part in the softmax, those without a name as well.
        probabilities = torch.softmax(logits, -1)[:, self.columns]
        kept = deltas.reshape(-1, self.told, 4)[:, self.columns]
        # Constants, so that the graph says how wide its rows are.
        return probabilities, kept.reshape(-1, 4 * self.kept)


class MaskHead(nn.Module):
    """RoIs [n, 4], features -> mask probabilities [n, c, s, s] of the columns that are kept."""

    def __init__(self, model, columns):
        super().__init__()
        heads = model.roi_heads
        self.pool, self.head, self.predictor = (
            heads.mask_roi_pool,
            heads.mask_head,
            heads.mask_predictor,
        )
        self.names = list(self.pool.featmap_names)
        self.register_buffer("columns", torch.tensor(columns))

    def forward(self, rois, *features):
        regions = self.pool(OrderedDict(zip(self.names, features)), [rois], [(0, 0)])
        return torch.sigmoid(self.predictor(self.head(regions)))[:, self.columns]


def export_mask_rcnn(model, class_names, writer: PackWriter, title: str, licence: str):
    """
    Write a torchvision MaskRCNN as a pack of three graphs.

    class_names: names by the network's index, from 1; None, "" and "N/A" are classes that it does not
    have, and are left out of the graphs
    """
    model = model.eval()
    columns_there = model.roi_heads.box_predictor.cls_score.out_features
    if columns_there != len(class_names) + 1:
        raise ExportError(
            f"the network tells {columns_there - 1} classes apart, and {len(class_names)} names are "
            "given. Give one name a class, in the network's order (--classes)."
        )
    named = [(i + 1, name) for i, name in enumerate(class_names) if name not in (None, "", "N/A")]
    columns = [0, *(index for index, _ in named)]
    names = list(model.roi_heads.box_roi_pool.featmap_names)
    if list(model.roi_heads.mask_roi_pool.featmap_names) != names:
        raise ExportError("its box head and its mask head look at other levels of the features.")
    divisible = model.transform.size_divisible
    image = torch.rand(1, 3, divisible * 7, divisible * 9) * 2 - 1
    other = torch.rand(1, 3, divisible * 9, divisible * 5) * 2 - 1
    backbone = BackboneRpn(model).eval()
    with torch.no_grad():
        outputs = backbone(image)
        features = OrderedDict(zip(names, outputs[: len(names)]))
        other_features = backbone(other)[: len(names)]
        # Poolers learn the strides of the levels from the first image that they see.
        for pool in (model.roi_heads.box_roi_pool, model.roi_heads.mask_roi_pool):
            pool(features, [torch.tensor([[0.0, 0.0, 32.0, 32.0]])], [tuple(image.shape[-2:])])
    levels = (len(outputs) - len(names)) // 2
    cell_anchors = _cell_anchors(model.rpn.anchor_generator)
    if len(cell_anchors) != levels:
        raise ExportError(f"it has {levels} levels and anchors for {len(cell_anchors)}.")

    feature_names = [f"features_{name}" for name in names]
    objectness = [f"objectness_{level}" for level in range(levels)]
    deltas = [f"deltas_{level}" for level in range(levels)]
    plane = {
        name: {2: f"{name}_height", 3: f"{name}_width"}
        for name in (*feature_names, *objectness, *deltas)
    }
    writer.graph(
        "backbone_rpn.fp32.onnx",
        backbone,
        [(image,), (other,)],
        ["image"],
        [*feature_names, *objectness, *deltas],
        {"image": {2: "height", 3: "width"}, **plane},
    )
    examples = [
        (_boxes(37, image), *features.values()),
        (_boxes(5, other), *other_features),
        (_boxes(1, image), *features.values()),
    ]
    taken = {name: plane[name] for name in feature_names}
    writer.graph(
        "box_head.fp32.onnx",
        BoxHead(model, columns),
        examples,
        ["rois", *feature_names],
        ["probabilities", "deltas"],
        {"rois": {0: "n"}, "probabilities": {0: "n"}, "deltas": {0: "n"}, **taken},
        ROI_OPSET,
    )
    writer.graph(
        "mask_head.fp32.onnx",
        MaskHead(model, columns),
        examples,
        ["rois", *feature_names],
        ["masks"],
        {"rois": {0: "n"}, "masks": {0: "n"}, **taken},
        ROI_OPSET,
    )
    return writer.finish(_describe(model, named, cell_anchors, writer.name, title, licence))


def _describe(model, named, cell_anchors, name, title, licence) -> dict:
    transform, rpn, heads = model.transform, model.rpn, model.roi_heads
    return {
        "name": name,
        "title": title,
        "licence": licence,
        "precisions": {"fp32": "as trained"},
        "input": {
            "layout": "NCHW",
            "channels": "RGB",
            "range": [0, 1],
            "mean": list(transform.image_mean),
            "std": list(transform.image_std),
            "resize": {
                "shortSide": int(transform.min_size[-1]),
                "longSideAtMost": int(transform.max_size),
            },
            "padToMultipleOf": int(transform.size_divisible),
        },
        "coordinates": "pixels of the resized image; x2 and y2 are the far edges",
        "anchors": [{"stride": "fit", "boxes": boxes} for boxes in cell_anchors],
        "rpn": {
            "deltaWeights": list(rpn.box_coder.weights),
            "preNmsTop": int(rpn._pre_nms_top_n["testing"]),
            "nmsIou": float(rpn.nms_thresh),
            "postNmsTop": int(rpn._post_nms_top_n["testing"]),
        },
        "box_head": {"deltaWeights": list(heads.box_coder.weights)},
        "mask_head": {"paste": {"padCells": 1, "threshold": 0.5}},
        "detection": {
            "scoreThreshold": float(heads.score_thresh),
            "nmsIou": float(heads.nms_thresh),
            "atMost": int(heads.detections_per_img),
        },
        "classes": [{"index": i + 1, "name": name} for i, (_, name) in enumerate(named)],
    }


def _cell_anchors(generator) -> list:
    """Anchors of the cell at the origin, a level: [[x1, y1, x2, y2], ...]."""
    return [
        generator.generate_anchors(sizes, ratios).tolist()
        for sizes, ratios in zip(generator.sizes, generator.aspect_ratios)
    ]


def _boxes(count: int, image) -> torch.Tensor:
    """Boxes of all sizes in an image, so that every level has some and one may have none."""
    height, width = image.shape[-2:]
    low = torch.rand(count, 2) * 0.8
    high = low + (1 - low) * (0.02 + 0.98 * torch.rand(count, 2))
    return torch.cat([low, high], 1) * torch.tensor([width, height, width, height])
