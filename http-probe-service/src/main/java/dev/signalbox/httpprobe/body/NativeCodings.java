package dev.signalbox.httpprobe.body;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;

/**
 * The codings that native libraries undo, once for a process. They are unpacked into a file and
 * loaded, which takes time, so not on an event loop; until then, and on a machine they do not know,
 * they are neither asked for nor undone.
 */
public final class NativeCodings {

  private static volatile boolean brotli;
  private static volatile boolean zstd;

  private NativeCodings() {}

  /** Loads what can be loaded; blocks. */
  @SuppressWarnings("EmptyCatch")
  public static void load() {
    if (!brotli) {
      brotli = Brotli4jLoader.isAvailable();
    }
    if (!zstd) {
      try {
        Native.load();
        zstd = Native.isLoaded();
      } catch (LinkageError unknownMachine) {
        // Bodies are fetched in the other codings then.
      }
    }
  }

  static boolean brotli() {
    return brotli;
  }

  static boolean zstd() {
    return zstd;
  }
}
