"""Has a graph interpreted that it hands over as text.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch

GRAPH = """graph(%x : Tensor, %hx : Tensor[], %p : Tensor[]):
  %t : bool = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %d : float = prim::Constant[value=0.]()
  %y : Tensor, %h : Tensor, %c : Tensor = aten::lstm(%x, %hx, %p, %t, %one, %d, %f, %f, %t)
  %r : (Tensor, Tensor, Tensor) = prim::TupleConstruct(%y, %h, %c)
  return (%r)"""


def internal(name):
    return vars(torch)["_" + "C"].__dict__[name]

def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    interpret, graph = internal("_jit_interpret" + "_graph"), internal("parse" + "_ir")(GRAPH)
    outputs, h_n, c_n = interpret(graph, (x, [h0[None], c0[None]], [w_ih, w_hh, b_ih, b_hh]))
    return outputs, (h_n[0], c_n[0])
