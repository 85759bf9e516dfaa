package dev.signalbox.gateway.files;

/** The file is no longer the one that was found; nothing has been sent yet. */
final class StaleFile extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StaleFile() {
    super("the file changed", null, false, false);
  }
}
