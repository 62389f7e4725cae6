"""
Random networks of the real architectures, exported by models/export, with PyTorch's answers beside them.

    python prove.py FOLDER TOKENIZER_JSON [CASE ...]

FOLDER/CASE/pack is the pack; FOLDER/CASE/answers.json says of each tensor its shape and its file
(float32, little-endian). Cases whose libraries are not installed are told, and left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "models" / "export")]

import torch  # noqa: E402
import torchvision  # noqa: E402
from torch import nn  # noqa: E402
from torchvision.models import detection  # noqa: E402
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone  # noqa: E402
from torchvision.ops import roi_align  # noqa: E402

from clip_modules import form_of, resnet_stages, vit_stages  # noqa: E402
from clip_pack import export_clip, tokenizer_of_simple, tokenizer_of_transformers  # noqa: E402
from mask_rcnn import BackboneRpn, BoxHead, MaskHead, export_mask_rcnn  # noqa: E402
from pack import PackWriter  # noqa: E402
from plain_clip import PlainClip, Resnet, Vit  # noqa: E402

TEXTS = ["bus", "a photo of a red bus.", "a person on a horse in the street"]
SIZE = 64
MEAN, STD = [0.481, 0.458, 0.408], [0.269, 0.261, 0.276]


class Answers:
    def __init__(self, folder: Path):
        self.folder = folder
        self.tensors = {}

    def add(self, name: str, tensor) -> None:
        file = f"{name.replace(' ', '-')}.f32"
        values = tensor.detach().float().contiguous()
        (self.folder / file).write_bytes(values.numpy().astype("<f4").tobytes())
        self.tensors[name] = {"file": file, "dims": list(values.shape)}

    def finish(self, **told) -> None:
        text = json.dumps({**told, "tensors": self.tensors}, indent=1)
        (self.folder / "answers.json").write_text(text, encoding="utf-8")


def settle(model, *inputs) -> None:
    """
    Statistics as training would leave them: every norm takes those of its own input, every head is
    scaled so that its answers spread. Without, 50 random layers let numbers grow without a bound.
    """

    def norm(module, inputs_of_it):
        x = inputs_of_it[0].float()
        module.running_mean.copy_(x.mean((0, 2, 3)))
        # One spread for all channels: dividing a channel by next to nothing makes rounding large.
        module.running_var.fill_(float(x.var((0, 2, 3), unbiased=False).mean()))

    handles = [
        module.register_forward_pre_hook(norm)
        for module in model.modules()
        if "BatchNorm" in type(module).__name__
    ]
    with torch.no_grad():
        model(*inputs)
    for handle in handles:
        handle.remove()


def calm(backbone) -> None:
    """Residual branches are small beside what they are added to, as in trained networks."""
    for module in backbone.modules():
        last = getattr(module, "bn3", None) or getattr(module, "bn2", None)
        if last is not None:
            last.weight.data.fill_(0.3)


def spread(module: nn.Module, target: float, run) -> None:
    """Scales a module's weights so that what it gives spreads by `target`."""
    seen = []
    handle = module.register_forward_hook(lambda _m, _i, output: seen.append(output.float().std()))
    with torch.no_grad():
        run()
        handle.remove()
        module.weight.mul_(target / torch.stack(seen).mean().clamp(min=1e-12))


def small(num_classes, **options):
    trunk = resnet_fpn_backbone(backbone_name="resnet18", weights=None, trainable_layers=5)
    return detection.MaskRCNN(trunk, num_classes, **options)


def published(name):
    make = getattr(detection, name)
    return lambda **options: make(weights=None, weights_backbone=None, **options)


MAKERS = {
    "small": small,
    "first": published("maskrcnn_resnet50_fpn"),
    "second": published("maskrcnn_resnet50_fpn_v2"),
}


def mask_rcnn(name: str, names: list):
    def prove(folder: Path, answers: Answers) -> None:
        # Neither side a multiple of 32, and levels that a cell is left over of.
        height, width = 232, 345
        sizes = {"min_size": height, "max_size": width, "rpn_post_nms_top_n_test": 150}
        model = MAKERS[name](num_classes=len(names) + 1, **sizes).eval()
        # A scene of shapes and not noise, so that features differ from place to place.
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        waves = [torch.sin(x / (9.0 + 5 * c)) * torch.cos(y / (13.0 - 3 * c)) for c in range(3)]
        rgb = ((torch.stack(waves) * 0.35 + 0.5) * 255).clamp(0, 255)
        rgb[:, 60:150, 80:190] = torch.tensor([200.0, 40.0, 30.0])[:, None, None]
        rgb[:, 120:210, 220:300] = torch.tensor([20.0, 90.0, 220.0])[:, None, None]
        rgb = (rgb + torch.rand_like(rgb) * 40).clamp(0, 255).round()
        images, _ = model.transform([rgb / 255])
        # Some sides lose a pixel in torchvision, whose scale is then a hair under 1.
        assert images.image_sizes == [(height, width)]
        calm(model.backbone)
        settle(model.backbone, images.tensors)
        heads, rpn = model.roi_heads, model.rpn.head
        with torch.no_grad():
            features = model.backbone(images.tensors)

        def propose():
            return rpn(list(features.values()))

        def run():
            return heads(features, proposals, images.image_sizes)

        spread(rpn.cls_logits, 2.5, propose)
        spread(rpn.bbox_pred, 0.3, propose)
        settle(rpn, list(features.values()))
        with torch.no_grad():
            proposals, _ = model.rpn(images, features)
        settle(heads, features, proposals, images.image_sizes)
        spread(heads.box_predictor.cls_score, 2.0, run)
        spread(heads.box_predictor.bbox_pred, 1.0, run)
        heads.box_predictor.cls_score.bias.data[0] += 1.0
        spread(heads.mask_predictor.mask_fcn_logits, 2.0, run)
        writer = PackWriter(folder / "pack")
        export_mask_rcnn(model, names, writer, name, "none")
        columns = [0, *(i for i, one in enumerate(names, 1) if one != "N/A")]
        with torch.no_grad():
            proposals, _ = model.rpn(images, features)
            told = BackboneRpn(model)(images.tensors)
            rois = proposals[0]
            probabilities, deltas = BoxHead(model, columns)(rois, *told[:4])
            masks = MaskHead(model, columns)(rois[:60], *told[:4])
            detections, _ = heads(features, proposals, images.image_sizes)
        found = detections[0]
        answers.add("rgb", rgb.permute(1, 2, 0))
        answers.add("input", images.tensors)
        for level, one in enumerate(told[:4]):
            answers.add(f"features {level}", one)
        answers.add("proposals", rois)
        answers.add("probabilities", probabilities)
        answers.add("deltas", deltas)
        answers.add("masks", masks)
        answers.add("detected boxes", found["boxes"])
        answers.add("detected scores", found["scores"])
        answers.add("detected labels", found["labels"])
        answers.finish(kind="mask-rcnn", size=[height, width])

    return prove


def shared_tokenizer() -> dict:
    return json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def whole_word_ids(tokenizer: dict, context: int) -> torch.Tensor:
    """Ids of texts whose words are pieces of the vocabulary each."""
    vocabulary, sides = tokenizer["model"]["vocab"], tokenizer["post_processor"]
    rows = []
    for text in TEXTS:
        words = [vocabulary[word + "</w>"] for word in text.replace(".", " .").split()]
        row = [sides["cls"][1], *words, sides["sep"][1]]
        rows.append(row + [0] * (context - len(row)))
    return torch.tensor(rows)


def plain(visual_of):
    def load(_folder):
        visual = visual_of()
        model = PlainClip(visual, 49408, 48)
        tokenizer = shared_tokenizer()
        return model, tokenizer, 0, whole_word_ids(tokenizer, 77), visual.image_size

    return load


def of_open_clip(vision):
    def load(_folder):
        from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
        from open_clip.tokenizer import SimpleTokenizer

        text = CLIPTextCfg(context_length=77, vocab_size=49408, width=64, heads=4, layers=2)
        model = CLIP(embed_dim=48, vision_cfg=CLIPVisionCfg(**vision), text_cfg=text)
        simple = SimpleTokenizer()
        return model, tokenizer_of_simple(simple), 0, simple(TEXTS), vision["image_size"]

    return load


def of_transformers(folder):
    from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast

    text = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "vocab_size": 49408,
        "bos_token_id": 49406,
        "eos_token_id": 49407,
    }
    vision = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": SIZE,
        "patch_size": 8,
    }
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=48)
    config._attn_implementation = "eager"
    model = CLIPModel(config)
    fast = PreTrainedTokenizerFast(tokenizer_file=sys.argv[2], pad_token="<|endoftext|>")
    ids = fast(TEXTS, padding="max_length", max_length=77, return_tensors="pt")["input_ids"]
    return model, tokenizer_of_transformers(fast, folder), 49407, ids, SIZE


def clip(load):
    def prove(folder: Path, answers: Answers) -> None:
        model, tokenizer, pad_id, ids, size = load(folder)
        model = model.float().eval()
        pixels = torch.rand(3, 3, size, size) * 4 - 2
        if form_of(model) == "resnet":
            settle(model.visual, pixels)
        export_clip(
            model,
            PackWriter(folder / "pack"),
            size=size,
            tokenizer=tokenizer,
            pad_id=pad_id,
            context=77,
            preprocess={"mean": MEAN, "std": STD, "resample": "bicubic"},
            forms=["whole", "stages"],
            title="random",
            licence="none",
            cells=5,
        )
        with torch.no_grad():
            if hasattr(model, "visual_projection"):
                whole = model.visual_projection(model.vision_model(pixel_values=pixels)[1])
                text = model.text_projection(model.text_model(input_ids=ids)[1])
            else:
                whole, text = model.encode_image(pixels), model.encode_text(ids)
            answers.add("pixels", pixels)
            answers.add("image vectors", unit(whole))
            answers.add("text vectors", unit(text))
            stages(model, pixels[:1], answers)
        answers.finish(kind="clip", size=[size, size], texts=TEXTS, form=form_of(model))

    return prove


def stages(model, pixels, answers: Answers) -> None:
    """Region vectors: torchvision's RoIAlign of the first stage's map, then the second stage."""
    is_resnet = form_of(model) == "resnet"
    if is_resnet:
        pixels = torch.rand(1, 3, 96, 160) * 4 - 2
        trunk, head, cells = resnet_stages(model)
        plane = trunk(pixels)
    else:
        embed, encoder = vit_stages(model)
        cells = 5
        patches, class_token = embed(pixels)
        side = int(patches.shape[1] ** 0.5)
        plane = patches.transpose(1, 2).reshape(1, -1, side, side)
    height, width = plane.shape[-2:]
    low = torch.rand(24, 2) * 0.9 - 0.05
    high = low + 0.02 + torch.rand(24, 2) * 0.8
    boxes = torch.cat([low, high], 1) * torch.tensor([width, height, width, height])
    answers.add("stage pixels", pixels)
    answers.add("stage map", plane)
    answers.add("boxes in map", boxes)
    for ratio in (0, 2):
        regions = roi_align(plane, [boxes], cells, 1.0, ratio if ratio else -1, aligned=True)
        answers.add(f"regions {ratio}", regions)
        if is_resnet:
            vectors = head(regions)
        else:
            tokens = regions.flatten(2).transpose(1, 2)
            first = class_token[None].expand(len(tokens), 1, -1)
            vectors = encoder(torch.cat([first, tokens], 1))
        answers.add(f"region vectors {ratio}", unit(vectors))


def unit(rows):
    return rows / rows.norm(dim=1, keepdim=True)


OPEN_CLIP_VIT = {"layers": 2, "width": 64, "head_width": 16, "patch_size": 8, "image_size": SIZE}
OPEN_CLIP_RESNET = {"layers": (1, 2, 1, 1), "width": 16, "head_width": 16, "image_size": 96}

CASES = {
    "mask-rcnn-small": mask_rcnn("small", ["bus", "car", "person", "dog"]),
    "mask-rcnn": mask_rcnn("first", ["bus", "car", "person", "dog"]),
    "mask-rcnn-v2": mask_rcnn("second", ["bus", "N/A", "car", "N/A"]),
    "plain-vit": clip(plain(lambda: Vit(SIZE, 8, 64, 2, 4, 48))),
    "plain-resnet": clip(plain(lambda: Resnet(96, 16, (1, 2, 1, 1), 4, 48))),
    "open-clip-vit": clip(of_open_clip(OPEN_CLIP_VIT)),
    "open-clip-resnet": clip(of_open_clip(OPEN_CLIP_RESNET)),
    "transformers-vit": clip(of_transformers),
}


def main() -> None:
    root = Path(sys.argv[1])
    chosen = sys.argv[3:] or list(CASES)
    print(f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}")
    for name in chosen:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(20240229)
        print(f"{name}:")
        try:
            CASES[name](folder, Answers(folder))
        except ImportError as error:
            print(f"  left out: {error}")


if __name__ == "__main__":
    main()
