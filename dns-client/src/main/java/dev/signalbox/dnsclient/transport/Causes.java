package dev.signalbox.dnsclient.transport;

/** What went wrong at the bottom of a chain of exceptions. */
final class Causes {

  private static final int DEEPEST = 16;

  private Causes() {}

  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEEPEST && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  static boolean contains(Throwable failure, Class<? extends Throwable> type) {
    Throwable each = failure;
    for (int i = 0; i < DEEPEST && each != null; i++) {
      if (type.isInstance(each)) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }
}
