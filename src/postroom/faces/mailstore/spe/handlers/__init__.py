"""The functions of the installation, and those of an instance that the Server has otherwise. Importing registers them.

`MANAGEMENT` are given a `spe.call.Call`, `INSTANCE` the Server's call with the instance's archive.
"""

from __future__ import annotations

from postroom.faces.mailstore.spe.handlers import administrators as administrators
from postroom.faces.mailstore.spe.handlers import environment as environment
from postroom.faces.mailstore.spe.handlers import instances as instances
from postroom.faces.mailstore.spe.handlers import provider as provider
from postroom.faces.mailstore.spe.handlers import servers as servers
from postroom.faces.mailstore.spe.handlers import smtp as smtp
from postroom.faces.mailstore.spe.handlers import stores as stores
