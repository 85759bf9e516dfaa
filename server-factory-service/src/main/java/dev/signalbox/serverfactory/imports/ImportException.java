package dev.signalbox.serverfactory.imports;

/** A document that cannot be imported at all. The message begins with "must". */
public final class ImportException extends Exception {

  private static final long serialVersionUID = 1L;

  ImportException(String message) {
    super(message, null, false, false);
  }
}
