"""One HTTP request, octet by octet."""

import asyncio


async def ask(address: tuple[str, int], request: bytes) -> str:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def get(address: tuple[str, int], path: str) -> str:
    return await ask(address, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
