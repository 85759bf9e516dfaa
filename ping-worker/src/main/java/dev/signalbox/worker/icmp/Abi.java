package dev.signalbox.worker.icmp;

import java.util.Locale;

/** Numbers of the C library that differ between systems. */
enum Abi {
  LINUX(1, 8, 0x40, 11, 105, 100, 101, 113),
  MACOS(0xffff, 0x1002, 0x80, 35, 55, 50, 51, 65);

  static final int AF_INET = 2;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int IPPROTO_ICMP = 1;
  static final int SO_RCVBUFFORCE = 33;
  static final int SOL_RAW = 255;
  static final int ICMP_FILTER = 1;
  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int ENOMEM = 12;

  final int solSocket;
  final int soRcvbuf;
  final int msgDontwait;
  final int eagain;
  final int enobufs;
  final int enetdown;
  final int enetunreach;
  final int ehostunreach;

  Abi(
      int solSocket,
      int soRcvbuf,
      int msgDontwait,
      int eagain,
      int enobufs,
      int enetdown,
      int enetunreach,
      int ehostunreach) {
    this.solSocket = solSocket;
    this.soRcvbuf = soRcvbuf;
    this.msgDontwait = msgDontwait;
    this.eagain = eagain;
    this.enobufs = enobufs;
    this.enetdown = enetdown;
    this.enetunreach = enetunreach;
    this.ehostunreach = ehostunreach;
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

  SendOutcome outcome(int errno) {
    if (errno == eagain || errno == enobufs || errno == ENOMEM || errno == EINTR) {
      return SendOutcome.BUSY;
    }
    // A firewall of this machine says EPERM: to report such an address as silent would be wrong.
    if (errno == enetunreach || errno == ehostunreach || errno == enetdown || errno == EPERM) {
      return SendOutcome.UNREACHABLE;
    }
    return SendOutcome.REFUSED;
  }
}
