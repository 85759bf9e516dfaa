package dev.signalbox.systemtests;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Something that goes wrong.
 *
 * @param name of the row
 * @param required what it may cost
 * @param inject makes it happen
 * @param hold how long it lasts
 * @param heal ends it
 */
record Fault(
    String name,
    Requirement required,
    Consumer<Trial> inject,
    Duration hold,
    Consumer<Trial> heal) {}
