"""`svardesk demo`: an invented shop with its articles, staff and a page to click on."""

from __future__ import annotations

import secrets

from bot.commands.serve import Host, Port


def demo(host: Host = None, port: Port = None) -> None:
    """Load the demo shop, start the server and a shop page, and say where to click."""
    from bot import serving
    from bot.commands.opening import open_settings

    sock, settings = serving.listen(open_settings(host=host, port=port))
    with sock, serving.bind(settings.host, settings.shop_port, "SVARDESK_DEMO_SHOP_PORT") as shop_sock:
        from bot import demo as content
        from bot.app import build_app
        from bot.demo.order_desk import OrderDesk
        from bot.demo.screen import show_passwords, tell_where_to_click
        from bot.demo.shop_server import build_shop

        made = content.prepare(settings, shop_sock.getsockname()[1])
        show_passwords(made)
        desk = OrderDesk(secrets.token_urlsafe(24))
        if not settings.action_backend_url:
            url = content.back_end_url(shop_sock)
            settings = settings.model_copy(update={"action_backend_url": url, "action_backend_token": desk.token})
        serving.run(
            build_app(settings, made.model),
            settings,
            sock,
            companion=(build_shop(settings.base_url, made.site_key, desk.app()), shop_sock),
            ready=lambda: tell_where_to_click(settings, made),
        )
