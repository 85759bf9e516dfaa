/**
 * Texts of responses with values of the request in them: Mustache over a fixed set of names, under
 * bounds of output and work.
 */
@NullMarked
package dev.signalbox.serverfactory.template;

import org.jspecify.annotations.NullMarked;
