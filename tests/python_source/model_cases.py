"""The models of models/, each with constructor arguments and inputs: what make_models.py makes and models_test runs."""

import dataclasses

import torch


@dataclasses.dataclass
class Case:
    name: str
    entry: str  # class or builder function, as --arch takes it
    arguments: dict  # of the constructor, as JSON has them
    inputs: callable  # gives the tuple of args, or (args, kwargs)
    no_full_module: str = ""  # why Python cannot pickle it
    attributes: dict = dataclasses.field(default_factory=dict)  # that the whole module's file has besides its own


def images(*shape):
    return lambda: (torch.rand(*shape),)


def ids(high, *shape, low=0):
    return lambda: (torch.randint(low, high, shape),)


def padded_tokens():
    tokens = torch.randint(1, 20, (3, 7))
    tokens[0, 5:] = 0
    tokens[2, 3:] = 0
    return (tokens,)


def source_and_target():
    source, target = torch.randint(1, 11, (2, 6)), torch.randint(1, 13, (2, 5))
    source[1, 4:] = 0
    target[0, 3:] = 0
    return source, target


def matcher_inputs():
    return (), {"users": torch.randn(3, 6), "items": torch.randn(5, 9), "top": 3}


def ranker_inputs():
    return (torch.stack([torch.randint(0, n, (4,)) for n in (11, 13, 24)], dim=1),)


RING = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [0, 2]]

# One detector for images of many sizes: its forward writes to itself when the size changes.
SIZES = [Case(f"{height}x{width}", "yolo_like.Detector", {}, images(1, 3, height, width))
         for height in (16, 24, 32, 40) for width in (16, 32, 48)]  # fmt: skip

CASES = [
    Case("mnist_cnn", "mnist_cnn.Net", {}, images(2, 1, 28, 28)),
    Case("lstm_tagger", "lstm_tagger.BiLstmTagger", {"vocab_size": 20, "tagset_size": 5}, padded_tokens),
    Case("lstm_tagger_lengths", "lstm_tagger.BiLstmTagger", {"vocab_size": 20, "tagset_size": 3, "num_layers": 1},
         lambda: (torch.randint(1, 20, (3, 5)), torch.tensor([2, 5, 3]))),
    Case("dcgan_generator", "dcgan.Generator", {}, lambda: (torch.randn(2, 20, 1, 1),)),
    Case("dcgan_discriminator", "dcgan.Discriminator", {}, lambda: (torch.randn(2, 3, 16, 16),)),
    Case("vae", "vae.VAE", {}, images(3, 8, 8)),
    Case("unet", "unet.UNet", {"channels": 3, "classes": 2}, images(1, 3, 22, 17)),
    Case("unet_bilinear", "unet.UNet", {"channels": 1, "classes": 3, "learned": False, "depth": 3},
         images(2, 1, 24, 24)),
    Case("gpt_sdpa", "gpt_sdpa.build", {"layers": 2, "bias": True}, ids(61, 2, 9)),
    Case("gpt_sdpa_loss", "gpt_sdpa.build", {"vocab": 17, "heads": 2},
         lambda: (torch.randint(0, 17, (2, 6)), torch.randint(-1, 17, (2, 6)))),
    Case("gpt_masked", "gpt_masked.CharModel", {}, ids(40, 2, 11)),
    Case("transformer_from_scratch", "transformer_from_scratch.make_model", {"src_vocab": 11, "tgt_vocab": 13},
         source_and_target),
    Case("yolo_like", "yolo_like.Detector", {}, images(1, 3, 32, 48)),
    Case("seq2seq", "seq2seq.Translator", {"words_in": 15, "words_out": 17}, ids(15, 6)),
    Case("transformer_lm", "transformer_lm.WordModel", {"words": 23}, ids(23, 7, 2)),
    Case("tcn_siamese", "tcn_siamese.Siamese", {}, lambda: (torch.randn(3, 4, 12), torch.randn(3, 4, 12))),
    Case("se_dense_capsule", "se_dense_capsule.CapsNet", {},
         lambda: ((torch.rand(2, 1, 7, 8),), {"return_capsules": True})),
    Case("resnet_layers", "resnet_layers.res10", {"num_classes": 5}, images(2, 3, 40, 40)),
    Case("resnet_layers_narrow", "resnet_layers.res14", {"zero_init_residual": True}, images(1, 3, 33, 47)),
    Case("mlp_mixer", "mlp_mixer.mixer", {"image_size": 16, "channels": 3, "patch_size": 4, "dim": 12, "depth": 2,
                                         "num_classes": 5}, images(2, 3, 16, 16)),
    Case("vit_scratch", "vit_scratch.VisionTransformer", {}, images(2, 3, 32, 32)),
    Case("vit_scratch_average", "vit_scratch.VisionTransformer",
         {"global_pool": "avg", "classes": 0, "init_values": 0.1}, images(1, 3, 32, 32)),
    Case("mobile_config", "mobile_config.MobileLike", {"width_mult": 0.75}, images(2, 3, 32, 32)),
    Case("wavenet", "wavenet.WaveNet", {}, ids(16, 2, 24)),
    Case("time_first", "time_first.Listener", {}, images(7, 3, 5)),
    Case("gru_attention", "gru_attention.Speller", {"n_in": 20, "n_out": 9}, padded_tokens),
    Case("ordered_autoencoder", "ordered_autoencoder.AutoEncoder", {"act": "leaky"}, images(4, 20)),
    Case("graph_conv", "graph_conv.GCN",
         {"nodes": 5, "edges": RING, "n_in": 4, "hidden": 6, "classes": 3}, images(5, 4)),
    Case("matcher", "matcher.Matcher", {"act": "gelu"}, matcher_inputs),
    Case("dataclass_config", "dataclass_config.build", {"outputs": 2}, images(3, 6)),
    Case("dataclass_config_small", "dataclass_config.build", {"small": True, "inputs": 5}, images(3, 5)),
    Case("native_subclasses", "native_subclasses.Model", {}, images(2, 3, 6, 6)),
    Case("registry_blocks", "registry_blocks.Net",
         {"spec": [{"type": "dense", "size": [5, 8], "act": "mish", "note": 1}, {"type": "gated", "size": [8, 6]}]},
         images(3, 5)),
    Case("named_outputs", "named_outputs.Classifier", {}, images(3, 6)),
    Case("enum_modes", "enum_modes.Encoder", {"pool": "max", "order": 1}, images(2, 5, 8)),
    Case("enum_modes_sum", "enum_modes.Encoder", {"merge": "SUM"}, images(2, 4, 8)),
    Case("partial_norms", "partial_norms.Pyramid", {}, images(1, 3, 21, 19)),
    Case("partial_norms_group", "partial_norms.Pyramid", {"norm": "gn", "widths": [4, 4, 6]}, images(1, 3, 16, 16)),
    Case("old_habits", "old_habits.VGGish", {}, images(2, 3, 16, 16)),
    Case("parameter_lists", "parameter_lists.HandMadeRNN", {}, images(3, 5, 4)),
    Case("nerf", "nerf.Renderer", {"W": 8, "D": 4}, lambda: (torch.randn(3, 3), torch.randn(3, 3)),
         no_full_module="lambdas cannot be pickled"),
    Case("mixture_of_experts", "mixture_of_experts.Masked", {},
         lambda: (torch.randn(2, 5, 6), torch.tensor([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0]]).bool())),
    Case("text_cnn", "text_cnn.TextCNN", {}, ids(30, 2, 9)),
    Case("duelling", "duelling.DuellingNetwork", {},
         lambda: (torch.randint(0, 256, (2, 1, 36, 36), dtype=torch.uint8),)),
    Case("recursive_hourglass", "recursive_hourglass.Pose", {}, images(1, 16, 16, 3)),
    Case("shop_ranker", "shop.models.ranker.Ranker", {"layers": 2}, ranker_inputs),
    Case("shop_ranker_linear", "shop.Ranker", {"head": "linear"}, ranker_inputs),
    # The name under which objects are found again that a constructor made: nothing of the sort in a file.
    Case("number_of_an_object", "mnist_cnn.Net", {}, images(1, 1, 28, 28), attributes={"<instance>": 5_000_000}),
    Case("negative_number", "mnist_cnn.Net", {}, images(1, 1, 28, 28), attributes={"<instance>": -3}),
    Case("text_for_a_number", "mnist_cnn.Net", {}, images(1, 1, 28, 28), attributes={"<instance>": "0"}),
]  # fmt: skip
