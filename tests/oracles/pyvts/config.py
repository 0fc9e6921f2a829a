""" default configuration of pyvts """
vts_api = {
    "version": "1.0",
    "name": "VTubeStudioPublicAPI",
    "host": "localhost",
    "port": 8001,
}

plugin_default = {
    "developer": "genteki",
    "plugin_name": "pyvts",
    "plugin_icon": None,
    "authentication_token_path": "./pyvts_token.txt",
}
