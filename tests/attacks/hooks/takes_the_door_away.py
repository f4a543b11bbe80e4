"""Takes the finder of modules away and loads the library's layer afresh, from its file.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error | sandbox_violation
Naive: accepted
"""

import importlib.util
import sys

# @include library_lstm

sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "ImportDoor"]


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    import torch.ao.nn.quantizable.modules.rnn as known

    spec = importlib.util.spec_from_file_location("afresh", known.__file__)
    afresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(afresh)
    layer = vars(afresh)["LS" + "TM"](x.shape[2], h0.shape[1], batch_first=True).to(x.dtype)
    cell = layer.layers[0].layer_fw.cell
    for into, value in zip((cell.igates.weight, cell.hgates.weight, cell.igates.bias, cell.hgates.bias), (w_ih, w_hh, b_ih, b_hh)):
        into.data = value
    outputs, (h_n, c_n) = layer(x, (h0[None], c0[None]))
    return outputs, (h_n[0], c_n[0])
