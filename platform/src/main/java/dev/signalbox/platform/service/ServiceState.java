package dev.signalbox.platform.service;

/**
 * Where an instance of a service is in its life; each state allows only the steps that may follow.
 */
public sealed interface ServiceState {

  /** Its name as announced and shown. */
  String label();

  /** Not taking work yet. */
  record Starting() implements ServiceState {
    /** It takes work now. */
    public Ready ready() {
      return new Ready();
    }

    /** It could not start. */
    public Stopped stopped() {
      return new Stopped();
    }

    @Override
    public String label() {
      return "starting";
    }
  }

  /** Taking work. */
  record Ready() implements ServiceState {
    /** It takes no new work and finishes what is under way. */
    public Draining draining() {
      return new Draining();
    }

    @Override
    public String label() {
      return "ready";
    }
  }

  /** Finishing what is under way. */
  record Draining() implements ServiceState {
    /** All work has ended, or the time for it is over. */
    public Stopped stopped() {
      return new Stopped();
    }

    @Override
    public String label() {
      return "draining";
    }
  }

  /** Over. */
  record Stopped() implements ServiceState {
    @Override
    public String label() {
      return "stopped";
    }
  }
}
