/// Functions of F# that do not mean the same on a node, and what a warning must name.
module ActorPool.Values.FSharp.Functions

open System
open System.Collections.Generic

type Settings() =
    static member val Factor = 1 with get, set

let known = List<int>()

let mutable private mode = 0

let setUp () =
    Settings.Factor <- 3
    known.Add 1
    mode <- 2

/// How Array.blit is called in the compiled code: an optimized build has its body in place.
let private copying =
#if DEBUG
    "CopyTo"
#else
    "Copy"
#endif

/// As a program does that keeps its functions in values.
let private wrap (f: int -> int) = Func<int, int>(f) :> Delegate

let later = lazy (mode * 2)

let scaled = (fun factor offset x -> x * factor + offset + mode) 2

let remembered = List<int>()

let remember x =
    remembered.Add x
    x

let addTo (list: List<int>) x =
    list.Add x
    x

let all () : struct (string * Delegate * string) list =
    let total = ref 0
    let mutable results = List<int>()
    let list = results
    let items = [| 1; 2 |]

    let count x =
        total.Value <- total.Value + x
        x

    let compose = fun x -> count (x + 1)

    [ struct ("a cell, directly", Func<int, int>(fun x -> total.Value <- total.Value + x; x) :> Delegate, "[total]")
      struct ("a cell, in a value", wrap count, "[total]")
      struct ("a list, in a value", wrap (fun x -> list.Add x; x), "[list] (Add)")
      struct ("an array, by its module", wrap (fun x -> Array.fill items 0 1 x; x), "[items] (Fill)")
      struct ("an array, sorted", wrap (fun x -> Array.sortInPlace items; x), "[items] (SortInPlace)")
      struct ("an array, copied to", wrap (fun x -> Array.blit [| x |] 0 items 0 1; x), $"[items] ({copying})")
      struct ("inside another function", wrap compose, "[total]")
      struct ("a static property", wrap (fun x -> x * Settings.Factor), "[Functions.Settings.Factor]")
      struct ("a list of the module", wrap (fun x -> x + known.Count), "[Functions.known]")
      struct ("a variable of the module", wrap (fun x -> x * mode), "[Functions.mode]")
      struct ("a lazy value of the module", wrap (fun x -> x + later.Value), "[Functions.mode]")
      struct ("a function of the module", wrap (fun x -> scaled 1 x), "[Functions.mode]")
      struct ("part of a function", wrap (addTo list), "[list] (Add)") ]
