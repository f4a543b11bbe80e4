"""What in torch carries out operators past its dispatcher, where the forbidden ones are overridden, and what gives memory by its address.

Graph runtimes, loaders of compiled graphs and back ends are taken away, in the template and for every problem. Of TorchScript's functions
in `torch._C` those are kept that scripting and tracing need, and no others, so that what a newer torch brings is taken away as well.
`torch.compile` stays without effect: it would hand user code the frames of what watches over it.
"""

from __future__ import annotations

import fnmatch
import sys
import types
from typing import Any, NamedTuple

from .foreign import keep_for_good
from .offences import EVERYWHERE, LATE, VIOLATION, refusal

# Of `torch._C._jit_*`: what torch.jit.script and torch.jit.trace call, and torch's own modules when they are imported.
_KEPT = """
    _jit_assert_is_instance _jit_can_fuse_on_cpu _jit_can_fuse_on_cpu_legacy _jit_can_fuse_on_gpu _jit_flatten _jit_get_all_schemas
    _jit_get_inline_everything_mode _jit_get_num_profiled_runs _jit_get_operation _jit_get_schemas_for_operator _jit_init
    _jit_is_script_object _jit_llga_enabled _jit_nvfuser_enabled _jit_object_is_non_holding _jit_pass_canonicalize
    _jit_pass_constant_propagation _jit_pass_erase_shape_information _jit_pass_inline _jit_pass_lint _jit_pass_peephole
    _jit_register_decomposition_for_schema _jit_register_shape_compute_graph_for_node _jit_resolve_packet _jit_script_class_compile
    _jit_script_compile _jit_script_compile_overload _jit_script_interface_compile _jit_set_autocast_mode
    _jit_set_inline_everything_mode _jit_set_num_profiled_runs _jit_set_profiling_executor _jit_set_profiling_mode
    _jit_texpr_fuser_enabled _jit_tree_views _jit_try_infer_type _jit_unflatten
"""
KEPT = frozenset(_KEPT.split())

# Names in `torch._C`, with `*`; of a module or a class, all that is in it.
_GRAPHS = """
    _jit_* StaticModule _fuse_to_static_module _freeze_module _create_function_from_graph parse_ir _te _nativert ThroughputBenchmark
    _lazy _lazy_ts_backend _debug_set_* _compile_graph_to_code_table _propagate_*
"""
_GRAPHS_FROM_BYTES = """
    import_ir_module* _import_ir_module* _load_* _get_model_* _get_mobile_* _get_module_info_from_flatbuffer _backport_* _save_mobile_*
    _nn_module_to_mobile LiteScriptModule _quantize_ondevice* _aoti _export
"""
_KERNELS = """
    _dispatch_get_computed_kernel_for_dispatch_key _SafeKernelFunction _get_custom_class_python_wrapper _acc _register_py_class_for_device
    _rename_privateuse1_backend
"""
_MEMORY = """
    _construct_storage_from_data_pointer _wrap_tensor_impl _tensor_impl_raw_handle _gds_* _dynamo.guards._reinterpret_tensor
    _dynamo.guards._torchinductor_*
"""
# Dynamo replaces the code of whatever function is called next, of those as well that watch over user code.
_FRAMES = """
    _dynamo.eval_frame._load_precompile_entry _dynamo.eval_frame._get_frame_value_stack_with_depth
    _dynamo.eval_frame.set_bytecode_debugger_callback _dynamo.eval_frame.register_breakpoint_code
"""
TAKEN = tuple((_GRAPHS + _GRAPHS_FROM_BYTES + _KERNELS + _MEMORY + _FRAMES).split())


def take_away(torch: Any) -> None:
    """In the template, once everything is imported."""
    taken: dict[int, Taken] = {}
    for pattern in TAKEN:
        *path, last = pattern.split(".")
        space = vars(torch._C)
        for part in path:
            space = vars(space[part])
        for name in fnmatch.filter(space, last):
            if name not in KEPT:
                _take(space, name, ".".join(["torch._C", *path, name]), taken)
    frames = torch._C._dynamo.eval_frame
    taken[id(frames.set_eval_frame)] = Taken(frames.set_eval_frame, _without_effect)
    counting = getattr(
        frames, "set_fullgraph_compiled_frame_count", None
    )  # of a torch that fails where nothing was compiled
    if counting is not None:
        taken[id(counting)] = Taken(counting, _nothing_counted)
    _replace(taken)
    # A library of overrides that is reset is none any more; that of a user's own ends with its object as well.
    torch._C._DispatchModule.reset = _without_effect
    reading = torch._C._dispatch_library("IMPL", "aten", "", __file__, 0)
    reading.impl("from_file", "CPU", refusal(LATE.offend, VIOLATION, "reading a file with torch.from_file"))
    keep_for_good(reading)


class Taken(NamedTuple):
    """A function, kept until it is replaced everywhere, and what stands in its place then."""

    function: object
    instead: object


def _take(space: dict[str, Any], name: str, called: str, taken: dict[int, Taken]) -> None:
    """Note a refusal for a function, for all that a module holds; all that a class can do refuses at once."""
    value = space[name]
    if isinstance(value, types.ModuleType):
        for inner in [inner for inner in vars(value) if not inner.startswith("__")]:
            _take(vars(value), inner, f"{called}.{inner}", taken)
    elif isinstance(value, type):
        for method in [key for key, found in vars(value).items() if callable(found) and key not in _HARMLESS]:
            setattr(value, method, refusal(LATE.offend, EVERYWHERE, called))
    elif callable(value):
        taken[id(value)] = Taken(value, refusal(LATE.offend, EVERYWHERE, called))


_HARMLESS = frozenset({"__new__", "__class__", "__repr__", "__str__", "__hash__", "__eq__"})


def _replace(taken: dict[int, Taken]) -> None:
    """Put the refusals wherever torch's modules hold what was taken: some have imported it by its name."""
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] == "torch":
            space = vars(module)
            for name in [name for name, value in list(space.items()) if id(value) in taken]:
                space[name] = taken[id(space[name])].instead


def _nothing_counted(frames: int) -> int:
    """As the function in whose place it stands answers where somebody else counts already."""
    return 0


def _without_effect(*args: object, **kwargs: object) -> None:
    """Do nothing."""
