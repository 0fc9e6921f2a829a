"""Starting a local server: the same few lines for every fake that is an aiohttp application."""

from aiohttp import web


async def listen(app: web.Application, port: int = 0) -> tuple[web.AppRunner, int]:
    """Serves on loopback; 0: any free port. The runner's `cleanup` ends it within a moment."""
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    return runner, runner.addresses[0][1]
