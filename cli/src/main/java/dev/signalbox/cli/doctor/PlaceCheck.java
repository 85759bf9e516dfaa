package dev.signalbox.cli.doctor;

/**
 * What a look at the place found.
 *
 * @param name what was looked at
 * @param status how it is
 * @param detail with figures
 * @param action what to do; empty when nothing
 */
record PlaceCheck(String name, Status status, String detail, String action) {

  /** From the best to the worst. */
  enum Status {
    OK("ok"),
    WARNING("warning"),
    ERROR("error");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    /** As it is printed. */
    String label() {
      return label;
    }
  }

  static PlaceCheck ok(String name, String detail) {
    return new PlaceCheck(name, Status.OK, detail, "");
  }

  static PlaceCheck warning(String name, String detail, String action) {
    return new PlaceCheck(name, Status.WARNING, detail, action);
  }

  static PlaceCheck error(String name, String detail, String action) {
    return new PlaceCheck(name, Status.ERROR, detail, action);
  }
}
