def use(client, *args, **kwargs):
    client.session.get(url, timeout=30).json()
    super().use(client)
    Client.create(*args, **kwargs)
    self = client
    self.run()
    data[key](value)
    f"{name!r:>{width}} {client.host}"
    return [call(x).y for x in (yield args)]


async def main():
    async with connect() as conn:
        async for row in conn.rows():
            await row.save()
