import torch as T
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import os


class DuellingNetwork(nn.Module):
    def __init__(self, n_actions=4, input_dims=(1, 36, 36), chkpt_dir='tmp', lr=1e-3, name='q'):
        super(DuellingNetwork, self).__init__()
        self.checkpoint_file = chkpt_dir + '/' + name
        self.conv1 = nn.Conv2d(input_dims[0], 4, 8, stride=4)
        self.conv2 = nn.Conv2d(4, 8, 4, stride=2)
        n = self.conv_size(input_dims)
        self.fc1 = nn.Linear(n, 16)
        self.V = nn.Linear(16, 1)
        self.A = nn.Linear(16, n_actions)
        self.device = T.device('cpu')
        self.to(self.device)

    def conv_size(self, dims):
        state = T.zeros(1, *dims)
        return int(T.prod(T.tensor(F.relu(self.conv2(F.relu(self.conv1(state)))).size())))

    def advantage(self, state):
        x = F.relu(self.conv2(F.relu(self.conv1(state.to(self.device).float() / 255.0))))
        return self.A(F.relu(self.fc1(x.view(x.size()[0], -1))))

    def forward(self, state):
        x = F.relu(self.conv2(F.relu(self.conv1(state.to(self.device).float() / 255.0))))
        flat = F.relu(self.fc1(x.view(x.size()[0], -1)))
        V, A = self.V(flat), self.A(flat)
        Q = V + (A - A.mean(dim=1, keepdim=True))
        return Q, T.argmax(Q, dim=1), (A == self.advantage(state)).all()

    def save_checkpoint(self):
        T.save(self.state_dict(), os.path.join(os.getcwd(), self.checkpoint_file))
