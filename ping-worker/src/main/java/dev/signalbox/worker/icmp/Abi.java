package dev.signalbox.worker.icmp;

import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Numbers of the C library that differ between systems. */
enum Abi {
  LINUX(1, 8, 0x40, 11, 105),
  MACOS(0xffff, 0x1002, 0x80, 35, 55);

  static final int AF_INET = 2;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int IPPROTO_ICMP = 1;
  static final int SO_RCVBUFFORCE = 33;
  static final int SOL_RAW = 255;
  static final int ICMP_FILTER = 1;
  static final int EINTR = 4;
  static final int ENOMEM = 12;
  static final int EACCES = 13;

  final int solSocket;
  final int soRcvbuf;
  final int msgDontwait;
  final int eagain;
  final int enobufs;

  Abi(int solSocket, int soRcvbuf, int msgDontwait, int eagain, int enobufs) {
    this.solSocket = solSocket;
    this.soRcvbuf = soRcvbuf;
    this.msgDontwait = msgDontwait;
    this.eagain = eagain;
    this.enobufs = enobufs;
  }

  /** That of this machine. */
  static Abi current() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.startsWith("linux")) {
      return LINUX;
    }
    if (system.startsWith("mac")) {
      return MACOS;
    }
    throw new IcmpException(
        IcmpException.Reason.UNSUPPORTED,
        "The worker cannot ping on "
            + System.getProperty("os.name")
            + ". On Windows, run it in WSL 2 (Windows Subsystem for Linux).");
  }

  /**
   * What an error of a send means. Whatever is not known to be otherwise counts as not sent: to
   * report an address as silent that was never asked would be wrong.
   *
   * @param broadcast whether the address is one of the system's broadcast addresses; asked only
   *     when the error may mean so
   */
  SendOutcome outcome(int errno, BooleanSupplier broadcast) {
    if (errno == eagain || errno == enobufs || errno == ENOMEM || errno == EINTR) {
      return SendOutcome.BUSY;
    }
    // A route of type "prohibit" says EACCES too.
    return errno == EACCES && broadcast.getAsBoolean()
        ? SendOutcome.REFUSED
        : SendOutcome.UNREACHABLE;
  }
}
