"""Who contributed how much to a product made of many bodies' data (谁贡献、谁受益, G-10).

`games` holds exact Shapley and Banzhaf values, `sampled` the estimate for many players with its
error, `knn` the value of single rows, `providers` the shares of bodies with a guard against false
names and cloned data.
"""
