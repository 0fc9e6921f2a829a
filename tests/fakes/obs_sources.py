"""Inputs, media and filters of the in-memory OBS."""

import math
from typing import Any

from tests.fakes.obs_state import DEFAULTS, FILTER_DEFAULTS, FILTER_KINDS, MONITORING, Fields, Filter, Input, Refuse
from tests.fakes.obs_world import Answer, Stage, answers


class Sources(Stage):
    """What inputs and filters do."""

    # --------------------------------------------------------------------------------------------------------- inputs
    def _described(self, found: Input) -> dict[str, Any]:
        return {"inputKind": found.kind, "inputName": found.name, "unversionedInputKind": found.plain_kind}

    @answers("GetInputList")
    def _inputs(self, ask: Fields) -> Answer:
        kind = ask.text("inputKind") if ask.has("inputKind") else ""
        chosen = [one for one in reversed(self.inputs.values()) if kind in ("", one.kind, one.plain_kind)]
        return {"inputs": [self._described(one) for one in chosen]}

    @answers("GetInputKindList")
    def _kinds(self, ask: Fields) -> Answer:
        plain = ask.flag_or("unversioned", False)
        return {"inputKinds": [Input("", kind).plain_kind if plain else kind for kind in self.kinds]}

    @answers("GetSpecialInputs")
    def _special(self, ask: Fields) -> Answer:
        return dict(self.special)

    @answers("GetInputDefaultSettings")
    def _defaults(self, ask: Fields) -> Answer:
        if (kind := ask.text("inputKind")) not in self.kinds:
            raise Refuse(605)
        return {"defaultInputSettings": DEFAULTS.get(kind, {})}

    @answers("CreateInput")
    def _make_input(self, ask: Fields) -> Answer:
        scene, name, kind = self.a_scene(ask), ask.text("inputName"), ask.text("inputKind")
        if self.exists(name):
            raise Refuse(601, "A source already exists by that input name.")
        if kind not in self.kinds:
            raise Refuse(605, "Your specified input kind is not supported by OBS.")
        found = self.inputs[name] = Input(name, kind, ask.object("inputSettings") if ask.has("inputSettings") else {})
        enabled = ask.flag_or("sceneItemEnabled", True)
        self.emit(
            "InputCreated", **self._described(found), inputSettings=dict(found.settings),
            defaultInputSettings=DEFAULTS.get(kind, {}),
        )  # fmt: skip
        return {"sceneItemId": self.put_item(scene, name, enabled=enabled).id}

    @answers("RemoveInput")
    def _remove_input(self, ask: Fields) -> Answer:
        self.drop_input(self.an_input(ask).name)
        return None

    @answers("SetInputName")
    def _rename_input(self, ask: Fields) -> Answer:
        found, new = self.an_input(ask), ask.text("newInputName")
        if self.exists(new):
            raise Refuse(601, "A source already exists by that new input name.")
        old, found.name = found.name, new
        self.inputs = {new if name == old else name: one for name, one in self.inputs.items()}
        self.renamed(old, new)
        self.emit("InputNameChanged", oldInputName=old, inputName=new)
        return None

    @answers("GetInputSettings")
    def _settings(self, ask: Fields) -> Answer:
        found = self.an_input(ask)
        return {"inputKind": found.kind, "inputSettings": dict(found.settings)}

    @answers("SetInputSettings")
    def _set_settings(self, ask: Fields) -> Answer:
        found, wanted = self.an_input(ask), ask.object("inputSettings")
        found.settings = (found.settings if ask.flag_or("overlay", True) else {}) | wanted
        if found.plain_kind == "ffmpeg_source" and "local_file" in wanted:
            self._play(found)
        return None

    @answers("GetInputMute")
    def _muted(self, ask: Fields) -> Answer:
        return {"inputMuted": self.an_audio_input(ask).muted}

    @answers("SetInputMute")
    def _set_muted(self, ask: Fields) -> Answer:
        self.an_input(ask)
        wanted = ask.flag("inputMuted")
        found = self.an_audio_input(ask)
        found.muted = wanted
        self.emit("InputMuteStateChanged", inputName=found.name, inputMuted=wanted)
        return None

    @answers("ToggleInputMute")
    def _toggle_muted(self, ask: Fields) -> Answer:
        found = self.an_audio_input(ask)
        found.muted = not found.muted
        self.emit("InputMuteStateChanged", inputName=found.name, inputMuted=found.muted)
        return {"inputMuted": found.muted}

    def _volume_of(self, found: Input) -> dict[str, Any]:
        level = 20 * math.log10(found.volume) if found.volume > 0 else -100.0
        return {"inputVolumeDb": level, "inputVolumeMul": found.volume}

    @answers("GetInputVolume")
    def _volume(self, ask: Fields) -> Answer:
        return self._volume_of(self.an_audio_input(ask))

    @answers("SetInputVolume")
    def _set_volume(self, ask: Fields) -> Answer:
        found = self.an_audio_input(ask)
        factor = ask.number("inputVolumeMul", 0, 20) if ask.has("inputVolumeMul") else None
        level = ask.number("inputVolumeDb", -100, 26) if ask.has("inputVolumeDb") else None
        if factor is not None and level is not None:
            raise Refuse(404, "You may only specify one volume field.")
        if factor is None and level is None:
            raise Refuse(300, "You must specify one volume field.")
        found.volume = factor if factor is not None else 10 ** (level / 20)
        self.emit("InputVolumeChanged", inputName=found.name, **self._volume_of(found))
        return None

    @answers("GetInputAudioMonitorType")
    def _monitor(self, ask: Fields) -> Answer:
        return {"monitorType": self.an_audio_input(ask).monitor}

    @answers("SetInputAudioMonitorType")
    def _set_monitor(self, ask: Fields) -> Answer:
        found, wanted = self.an_audio_input(ask), ask.text("monitorType")
        if wanted not in MONITORING:
            raise Refuse(400, f"Unknown monitor type: {wanted}")
        found.monitor = wanted
        self.emit("InputAudioMonitorTypeChanged", inputName=found.name, monitorType=wanted)
        return None

    # ---------------------------------------------------------------------------------------------------------- media
    def _play(self, found: Input) -> None:
        found.playing, found.played = True, found.played + 1
        round_ = found.played
        self.emit("MediaInputPlaybackStarted", inputName=found.name)

        def over() -> None:
            if found.played == round_ and found.playing:
                found.playing = False
                self.emit("MediaInputPlaybackEnded", inputName=found.name)

        self.later(self.media_s.get(found.name, 1.0), over)

    @answers("GetMediaInputStatus")
    def _media(self, ask: Fields) -> Answer:
        found = self.an_input(ask)
        if not found.kind.startswith(("ffmpeg_source", "vlc_source")):
            return {"mediaCursor": None, "mediaDuration": None, "mediaState": "OBS_MEDIA_STATE_NONE"}
        state = "PLAYING" if found.playing else "ENDED"
        length = int(1000 * self.media_s.get(found.name, 1.0))
        return {"mediaCursor": 0, "mediaDuration": length, "mediaState": f"OBS_MEDIA_STATE_{state}"}

    @answers("TriggerMediaInputAction")
    def _act(self, ask: Fields) -> Answer:
        found, action = self.an_input(ask), ask.text("mediaAction")
        name = action.removeprefix("OBS_WEBSOCKET_MEDIA_INPUT_ACTION_")
        if name == action or name not in ("NONE", "PLAY", "PAUSE", "STOP", "RESTART", "NEXT", "PREVIOUS"):
            raise Refuse(400, "You have specified an invalid media input action.")
        if not found.kind.startswith(("ffmpeg_source", "vlc_source")):
            return None
        if name in ("PLAY", "RESTART"):
            self._play(found)
        elif name in ("PAUSE", "STOP"):
            found.playing = False
        self.emit("MediaInputActionTriggered", inputName=found.name, mediaAction=action)
        return None

    # -------------------------------------------------------------------------------------------------------- filters
    def _filter_row(self, source: str, found: Filter) -> dict[str, Any]:
        return {
            "filterEnabled": found.enabled, "filterIndex": self.filters_of(source).index(found),
            "filterKind": found.kind, "filterSettings": dict(found.settings),
        }  # fmt: skip

    @answers("GetSourceFilterList")
    def _filters(self, ask: Fields) -> Answer:
        source = self.a_source(ask)
        rows = [self._filter_row(source, one) | {"filterName": one.name} for one in self.filters_of(source)]
        return {"filters": rows}

    @answers("GetSourceFilter")
    def _filter(self, ask: Fields) -> Answer:
        return self._filter_row(*self.a_filter(ask))

    @answers("CreateSourceFilter")
    def _make_filter(self, ask: Fields) -> Answer:
        source, name, kind = self.a_source(ask), ask.text("filterName"), ask.text("filterKind")
        if any(one.name == name for one in self.filters_of(source)):
            raise Refuse(601, "A filter already exists by that name.")
        if kind not in FILTER_KINDS:
            raise Refuse(607, "Your specified filter kind is not supported by OBS.")
        made = Filter(name, kind, ask.object("filterSettings") if ask.has("filterSettings") else {})
        self.filters_of(source).append(made)
        row = self._filter_row(source, made)
        del row["filterEnabled"]
        defaults = FILTER_DEFAULTS.get(kind, {})
        self.emit("SourceFilterCreated", sourceName=source, filterName=name, defaultFilterSettings=defaults, **row)
        return None

    @answers("RemoveSourceFilter")
    def _remove_filter(self, ask: Fields) -> Answer:
        source, found = self.a_filter(ask)
        self.filters_of(source).remove(found)
        self.emit("SourceFilterRemoved", sourceName=source, filterName=found.name)
        return None

    @answers("SetSourceFilterSettings")
    def _set_filter(self, ask: Fields) -> Answer:
        found, wanted = self.a_filter(ask)[1], ask.object("filterSettings")
        found.settings = (found.settings if ask.flag_or("overlay", True) else {}) | wanted
        return None

    @answers("SetSourceFilterEnabled")
    def _enable_filter(self, ask: Fields) -> Answer:
        (source, found), enabled = self.a_filter(ask), ask.flag("filterEnabled")
        found.enabled = enabled
        self.emit("SourceFilterEnableStateChanged", sourceName=source, filterName=found.name, filterEnabled=enabled)
        return None
