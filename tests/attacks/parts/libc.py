import ctypes
import struct


def libc(name):
    """A function of the C library, found in this process's own memory: no loader is asked."""
    read = lambda address, count: bytes((ctypes.c_char * count).from_address(address))  # noqa: E731
    base = ctypes._memmove_addr & ~4095
    while read(base, 4) != b"\x7fELF":
        base -= 4096
    offset, size, count = struct.unpack_from("<Q", read(base, 64), 32)[0], 56, read(base, 64)[56]
    headers = [struct.unpack("<IIQQQQQQ", read(base + offset + n * size, size)) for n in range(count)]
    dynamic = next(base + header[3] for header in headers if header[0] == 2)
    table = {}
    for place in range(dynamic, dynamic + 16 * 200, 16):
        tag, value = struct.unpack("<qQ", read(place, 16))
        if tag == 0:
            break
        table[tag] = value if value > base else value + base
    names, symbols = table[5], table[6]
    wanted = name.encode() + b"\0"
    for place in range(symbols + 24, names if names > symbols else symbols + 24 * 5000, 24):
        at, info, _, section, value, _ = struct.unpack("<IBBHQQ", read(place, 24))
        if section and info & 15 == 2 and read(names + at, len(wanted)) == wanted:
            return ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 6)(base + value)
    raise LookupError(name)


def text(value):
    """The address of a C string, kept alive."""
    buffer = ctypes.create_string_buffer(value.encode())
    _kept.append(buffer)
    return ctypes.addressof(buffer)


_kept = []
