package dev.signalbox.cli;

/** Asks for more memory than there is, and goes on without it. */
final class MemoryEater {

  private MemoryEater() {}

  static void main(String[] arguments) {
    try {
      System.out.println(new byte[1 << 30].length);
    } catch (OutOfMemoryError e) {
      System.out.println("still here");
    }
  }
}
