import torch
from torch import nn

Pool = nn.MaxPool2d


def batchnorm(x):
    return nn.BatchNorm2d(x.size()[1])(x)


class Unit(nn.Module):
    def __init__(self, inp, out):
        super(Unit, self).__init__()
        self.need_skip = inp != out
        if self.need_skip:
            self.skip = nn.Conv2d(inp, out, 1)
        self.conv = nn.Conv2d(inp, out, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv(x)) + (self.skip(x) if self.need_skip else x)


class Hourglass(nn.Module):
    def __init__(self, n, f, increase=2):
        super(Hourglass, self).__init__()
        nf = f + increase
        self.up1 = Unit(f, f)
        self.pool1 = Pool(2, 2)
        self.low1 = Unit(f, nf)
        self.n = n
        # Recursive hourglass
        self.low2 = Hourglass(n - 1, nf, increase) if self.n > 1 else Unit(nf, nf)
        self.low3 = Unit(nf, f)
        self.up2 = nn.Upsample(scale_factor=2, mode='nearest')

    def forward(self, x):
        return self.up1(x) + self.up2(self.low3(self.low2(self.low1(self.pool1(x)))))


class Tree(nn.Module):
    """A tree of modules, called from the leaves."""

    def __init__(self, depth, width):
        super().__init__()
        self.here = nn.Linear(width, width)
        self.left = self.right = None
        if depth:
            self.left, self.right = Tree(depth - 1, width), Tree(depth - 1, width)

    def forward(self, x):
        def visit(node, level=0):
            if node is None:
                return 0.
            below = visit(node.left, level + 1) + visit(node.right, level + 1)
            return node.here(x + below) / (level + 1)
        return visit(self)


class Pose(nn.Module):
    def __init__(self, stacks=2, f=4, joints=3):
        super(Pose, self).__init__()
        self.pre = nn.Conv2d(3, f, 3, padding=1)
        self.glasses = nn.ModuleList([Hourglass(2, f) for _ in range(stacks)])
        self.outs = nn.ModuleList([nn.Conv2d(f, joints, 1) for _ in range(stacks)])
        self.merge = nn.ModuleList([nn.Conv2d(joints, f, 1) for _ in range(stacks - 1)])
        self.tree = Tree(2, joints)

    def forward(self, imgs):
        x = self.pre(imgs.permute(0, 3, 1, 2))
        combined = []
        for i in range(len(self.glasses)):
            preds = self.outs[i](self.glasses[i](x))
            combined.append(preds)
            if i < len(self.glasses) - 1:
                x = x + self.merge[i](preds)
        heat = torch.stack(combined, 1)
        return heat, self.tree(heat.flatten(3).amax(-1))
