require "json"
require 'net/http'
require_relative "lib/helper"
require_relative '../common'
autoload :Parser, "app/parser"
load "tasks.rake"
require File.join(__dir__, "late")
params.require(:user)
