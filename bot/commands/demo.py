"""`svardesk demo`: an invented shop with its articles, staff and a page to click on."""

from __future__ import annotations

from bot.commands.serve import Host, Port


def demo(host: Host = None, port: Port = None) -> None:
    """Load the demo shop, start the server and a shop page, and say where to click."""
    from bot import serving
    from bot.commands.opening import open_settings
    from runtime.data_folder import open_data_folder

    settings = open_settings(host=host, port=port)
    sock, settings = serving.listen(settings)
    shop_sock = serving.bind(settings.host, settings.shop_port, "SVARDESK_DEMO_SHOP_PORT")
    open_data_folder(settings.data_folder)

    from bot import demo as content
    from bot.app import build_app
    from bot.demo.screen import show_passwords, tell_where_to_click
    from bot.demo.shop_server import build_shop

    shop_port: int = shop_sock.getsockname()[1]
    made = content.prepare(settings, shop_port)
    show_passwords(made)
    shop = build_shop(settings.base_url, made.site_key)
    serving.run(
        build_app(settings),
        settings,
        sock,
        companion=(shop, shop_sock),
        ready=lambda: tell_where_to_click(settings, made),
    )
