"""
CLIP networks as the modules of Lexmask's graphs.

Towers are told by their parts and not by their class, so that OpenAI's clip, open_clip of any version,
transformers' CLIPModel, and anything built like them are exported by the same code:

- `visual` with `conv1`, `class_embedding`, `transformer`: a Vision Transformer (clip, open_clip)
- `visual` with `layer4`, `attnpool`: a ResNet (clip, open_clip)
- `vision_model` with `embeddings`, `encoder`, and `visual_projection`: transformers
"""

from __future__ import annotations

import torch
from torch import nn

from pack import ExportError


def form_of(model) -> str:
    """What the image encoder is: "transformers-vit", "vit", "resnet" or "other"."""
    if hasattr(model, "vision_model") and hasattr(model, "visual_projection"):
        return "transformers-vit"
    visual = getattr(model, "visual", None)
    if visual is None:
        raise ExportError(f"{type(model).__name__} has no image encoder that is known here.")
    if all(hasattr(visual, part) for part in ("conv1", "class_embedding", "transformer", "ln_post")):
        return "vit"
    if all(hasattr(visual, part) for part in ("layer3", "layer4", "attnpool")):
        return "resnet"
    return "other"


class ImageTower(nn.Module):
    """Pixels [n, 3, s, s] -> image vectors [n, d]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixels):
        if hasattr(self.model, "visual_projection"):
            # By its parts: what get_image_features gives differs from version to version.
            pooled = self.model.vision_model(pixel_values=pixels)[1]
            return self.model.visual_projection(pooled)
        return self.model.encode_image(pixels)


class TextTower(nn.Module):
    """Token ids [n, context] -> text vectors [n, d]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids):
        if hasattr(self.model, "text_projection") and hasattr(self.model, "text_model"):
            return self.model.text_projection(self.model.text_model(input_ids=ids)[1])
        return self.model.encode_text(ids)


def vit_stages(model) -> tuple[nn.Module, nn.Module]:
    """
    A Vision Transformer in two parts: pixels [1, 3, s, s] -> patches [1, p, c] and class token [1, c],
    both with their positions; tokens [n, 1 + cells^2, c], the class token first -> vectors [n, d].
    """
    form = form_of(model)
    if form == "transformers-vit":
        return TransformersPatchEmbed(model), TransformersEncoder(model)
    if form != "vit":
        raise ExportError("its image encoder is no Vision Transformer with a class token.")
    visual = model.visual
    pools = getattr(visual, "pool_type", "tok"), getattr(visual, "attn_pool", None)
    if pools != ("tok", None) or getattr(visual, "global_average_pool", False):
        raise ExportError(
            "its image vector does not come from the class token (it is pooled otherwise), so it has "
            "no two stages: export it with --forms whole."
        )
    if getattr(visual, "input_patchnorm", False):
        raise ExportError("it normalises patches before they are embedded: use --forms whole.")
    return PatchEmbed(visual), Encoder(visual)


def _tokens(patches, class_embedding, positions):
    """Patches and class token, with positions; cut out of one tensor, as constants lose their names."""
    first = class_embedding.reshape(1, 1, -1).to(patches.dtype)
    tokens = torch.cat([first, patches], 1) + positions
    return tokens[:, 1:], tokens[:, 0]


class PatchEmbed(nn.Module):
    def __init__(self, visual):
        super().__init__()
        self.conv1 = visual.conv1
        self.class_embedding = visual.class_embedding
        self.positional_embedding = visual.positional_embedding

    def forward(self, pixels):
        patches = self.conv1(pixels).flatten(2).transpose(1, 2)
        return _tokens(patches, self.class_embedding, self.positional_embedding)


class Encoder(nn.Module):
    def __init__(self, visual):
        super().__init__()
        self.ln_pre, self.ln_post = visual.ln_pre, visual.ln_post
        self.transformer, self.proj = visual.transformer, visual.proj

    def forward(self, tokens):
        hidden = self.ln_pre(tokens)
        if hasattr(self.transformer, "batch_first"):
            hidden = self.transformer(hidden)
        else:
            # OpenAI's clip, and open_clip before 2.27: the sequence stands first.
            hidden = self.transformer(hidden.permute(1, 0, 2)).permute(1, 0, 2)
        pooled = self.ln_post(hidden[:, 0])
        return pooled if self.proj is None else pooled @ self.proj


class TransformersPatchEmbed(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.embeddings = model.vision_model.embeddings

    def forward(self, pixels):
        embeddings = self.embeddings
        patches = embeddings.patch_embedding(pixels).flatten(2).transpose(1, 2)
        return _tokens(patches, embeddings.class_embedding, embeddings.position_embedding.weight)


class TransformersEncoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        vision = model.vision_model
        # The name is misspelt in transformers.
        self.ln_pre = vision.pre_layrnorm
        self.encoder, self.ln_post = vision.encoder, vision.post_layernorm
        self.projection = model.visual_projection

    def forward(self, tokens):
        hidden = self.encoder(inputs_embeds=self.ln_pre(tokens))[0]
        return self.projection(self.ln_post(hidden[:, 0]))


def resnet_stages(model) -> tuple[nn.Module, nn.Module, int]:
    """
    A CLIP ResNet in two parts: pixels [1, 3, h, w] -> features [1, c, h / 16, w / 16] of the third stage;
    features of a region [n, c, cells, cells] -> vectors [n, d].

    -> (trunk, head, cells)
    """
    if form_of(model) != "resnet":
        raise ExportError("its image encoder is no CLIP ResNet with an attention pool.")
    visual = model.visual
    # The last stage halves the side; the pool has a position a cell, and one for their mean.
    cells = 2 * round((visual.attnpool.positional_embedding.shape[0] - 1) ** 0.5)
    return Trunk(visual), Head(visual), cells


class Trunk(nn.Module):
    def __init__(self, visual):
        super().__init__()
        self.visual = visual

    def _act(self, index: int):
        for name in (f"act{index}", f"relu{index}", "relu"):
            if hasattr(self.visual, name):
                return getattr(self.visual, name)
        raise ExportError("the stem of its ResNet is not CLIP's.")

    def forward(self, pixels):
        visual, x = self.visual, pixels
        for index in (1, 2, 3):
            conv, norm = getattr(visual, f"conv{index}"), getattr(visual, f"bn{index}")
            x = self._act(index)(norm(conv(x)))
        x = visual.avgpool(x)
        return visual.layer3(visual.layer2(visual.layer1(x)))


class Head(nn.Module):
    def __init__(self, visual):
        super().__init__()
        self.layer4, self.attnpool = visual.layer4, visual.attnpool

    def forward(self, regions):
        return self.attnpool(self.layer4(regions))
