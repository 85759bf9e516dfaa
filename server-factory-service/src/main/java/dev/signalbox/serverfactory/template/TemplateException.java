package dev.signalbox.serverfactory.template;

/** A template that did not come to its end. The message names the bound it met. */
public final class TemplateException extends Exception {

  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message, null, false, false);
  }
}
