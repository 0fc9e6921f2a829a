"""What the recognisers share: the sound of an utterance, engines that hear whole clips, workers, HTTP."""
