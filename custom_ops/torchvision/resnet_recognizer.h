// Tells from a state dict's keys and shapes which ResNet of torchvision it is of.
#ifndef LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_RECOGNIZER_H_
#define LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_RECOGNIZER_H_

#include "engine/architecture_recognizer.h"

namespace loadstone::torchvision {

// "torchvision.resnet". It answers with one of the ten builders where the numbers of blocks and widths are one's, else
// with class ResNet and its arguments. Strides and dilations are in no shape: they are taken for the usual ones.
ArchitectureRecognizer ResNetRecognizer();

}  // namespace loadstone::torchvision

#endif  // LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_RECOGNIZER_H_
